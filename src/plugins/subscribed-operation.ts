import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'postgraphile/graphql';
import { badUserInput } from './errors.ts';
import { decodeEventCursor, type EventCursor } from './event-cursor.ts';
import { type FollowedKind, followedKind } from './followed-kinds.ts';

/** A subscription as it was asked for; it has been parsed and validated. */
export interface AskedSubscription {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  /** The text of the document. */
  readonly text: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A subscription that can be run for an event. */
export interface SubscribedOperation extends AskedSubscription {
  readonly followed: FollowedKind;
  /** The value of its filter; null where all is followed. */
  readonly filter: string | null;
  readonly after: EventCursor | null;
  /** Equal for those that answer the same of the same event to the same identity. */
  readonly key: string;
}

/**
 * Reads what a subscription follows.
 *
 * @throws GraphQLError where it is none, its variables or cursor are wrong, or its field does not stand by itself.
 */
export function readSubscription(asked: AskedSubscription): SubscribedOperation {
  const { schema, document, operationName, variables } = asked;
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== 'subscription') {
    throw badUserInput('Only subscriptions are asked over a WebSocket: send queries and mutations by POST.', ['query']);
  }
  const node = rootField(operation);
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (errors !== undefined) throw errors[0];
  const field = schema.getSubscriptionType()?.getFields()[node.name.value];
  const followed = followedKind(node.name.value);
  // `__typename` is a field of a subscription that never happens.
  if (field === undefined || followed === undefined) throw badUserInput('There is nothing to follow in this subscription.', ['query']);
  const values = getArgumentValues(field, node, coerced);
  const { after } = values as { after?: string | null };
  const cursor = after == null ? null : decodeEventCursor(after);
  if (after != null && cursor === null) throw badUserInput('The cursor is not one of a subscription.', ['after']);
  return {
    ...asked,
    followed,
    filter: followed.filter === null ? null : ((values[followed.filter.argument] as string | null | undefined)?.toLowerCase() ?? null),
    after: cursor,
    key: JSON.stringify([asked.text, operationName, sorted(variables, cursorVariable(document, node))]),
  };
}

function rootField(operation: OperationDefinitionNode): FieldNode {
  const [selection, second] = operation.selectionSet.selections;
  if (selection?.kind !== Kind.FIELD || second !== undefined || (selection.directives?.length ?? 0) > 0) {
    throw badUserInput('The field of a subscription stands by itself: in no fragment, and under no condition.', ['query']);
  }
  return selection;
}

/** The variable that gives `after` and nothing else: subscriptions that differ by it alone are told the same from then on. */
function cursorVariable(document: DocumentNode, node: FieldNode): string | null {
  const value = node.arguments?.find(({ name }) => name.value === 'after')?.value;
  if (value?.kind !== Kind.VARIABLE) return null;
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => {
      if (name.value === value.name.value) uses += 1;
    },
  });
  return uses === 1 ? value.name.value : null;
}

function sorted(variables: Readonly<Record<string, unknown>>, without: string | null): [string, unknown][] {
  return Object.entries(variables)
    .filter(([name]) => name !== without)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}
