import type { GrafservBase } from 'grafserv';
import type { GraphQLError } from 'postgraphile/graphql';
import { asGraphQLError } from '../plugins/errors.ts';
import { refuseLength } from '../plugins/operation-limits.ts';

/**
 * Has the errors of parsing and validation translated as well, grafserv's `maskError` is asked about those of execution
 * only; and has no document parsed that is too long.
 */
export function guardParsing(serv: GrafservBase, translate: (error: GraphQLError) => GraphQLError): void {
  const getExecutionConfig = serv.getExecutionConfig;
  serv.getExecutionConfig = async (context) => {
    const config = await getExecutionConfig.call(serv, context);
    return {
      ...config,
      parseAndValidate(query) {
        const refusal = refuseLength(query);
        if (refusal !== null) return { errors: [translate(refusal)] };
        try {
          const result = config.parseAndValidate(query);
          return result.errors === undefined ? result : { errors: result.errors.map((error) => translate(asGraphQLError(error))) };
        } catch (error) {
          return { errors: [translate(asGraphQLError(error))] };
        }
      },
    };
  };
}
