/** An explanation as `explainAccess` gives it. */
export interface Explanation {
  readonly type: string;
  readonly operation: string;
  readonly role: string;
  readonly roleName: string | null;
  readonly userId: string | null;
  readonly projectId: string | null;
  readonly allowed: boolean;
  readonly refusal: string | null;
  readonly advice: string | null;
  readonly grants: readonly { readonly operation: string; readonly scope: string; readonly fields: readonly string[] | null }[];
  readonly policies: readonly {
    readonly operation: string;
    readonly name: string;
    readonly permissive: boolean;
    readonly passes: boolean;
    readonly rule: string;
    readonly condition: string | null;
    readonly check: string | null;
  }[];
  readonly maskedFields: readonly { readonly field: string; readonly mode: string; readonly rule: string }[];
}

/** All of it, as a selection set. */
export const FIELDS = `{
  type operation role roleName userId projectId allowed refusal advice
  grants { operation scope fields }
  policies { operation name permissive passes rule condition check }
  maskedFields { field mode rule }
}`;

/** Who is asked for, and about what. */
interface Asked {
  readonly org: string;
  readonly user?: string;
  readonly project?: string;
  readonly id: string;
}

const REFUSALS: Readonly<Record<string, string>> = {
  NO_GRANT: 'The role has no grant for it.',
  NO_POLICY: 'No policy lets the row pass.',
  RESTRICTIVE_POLICY: 'A restriction refuses the row.',
};
const SCOPES: Readonly<Record<string, string>> = { TABLE: 'every field', COLUMNS: 'only', NONE: 'nothing' };
const RULES: Readonly<Record<string, string>> = {
  ORGANIZATION: 'as the organization has said',
  DEFAULT: 'by default',
  OWN: "it is the person's own",
};

/** An explanation drawn for people: the verdict, what would change it, and what it is made of. */
export function picture(explanation: Explanation, { org, user, project, id }: Asked): string {
  const { type, operation, role, allowed, refusal, advice, grants, policies, maskedFields } = explanation;
  const bounds = [...(user ? [user] : []), ...(project ? [`bound to ${project}`] : [])].join(', ');
  const who = `${role.toLowerCase()} of ${org}${bounds === '' ? '' : ` (${bounds})`}`;
  return [
    `${mark(allowed)} ${who} ${allowed ? 'may' : 'may not'} ${operation.toLowerCase()} ${type} ${id}.`,
    ...(allowed ? [] : [`  ${REFUSALS[refusal ?? '']} ${advice ?? ''}`]),
    '',
    'Grants',
    ...grants.map(({ operation: granted, scope, fields }) => {
      const what = [SCOPES[scope], ...(fields === null ? [] : [fields.join(', ')])].join(' ');
      return `  ${mark(scope !== 'NONE')} ${granted.toLowerCase()}: ${what}`;
    }),
    ...section('Policies', policies, ({ operation: decided, name, permissive, passes, rule, condition, check }) => [
      `  ${mark(passes)} ${decided.toLowerCase()}: ${name} (${permissive ? 'allows' : 'restricts'}). ${rule}`,
      ...(condition === null ? [] : [`      row:     ${condition}`]),
      ...(check === null ? [] : [`      written: ${check}`]),
    ]),
    ...section('Sensitive fields', maskedFields, ({ field, mode, rule }) => [`  ${field}: ${mode.toLowerCase()}, ${RULES[rule]}`]),
  ].join('\n');
}

function mark(passes: boolean): string {
  return passes ? '✓' : '✗';
}

function section<T>(title: string, entries: readonly T[], draw: (entry: T) => string[]): string[] {
  return entries.length === 0 ? [] : ['', title, ...entries.flatMap(draw)];
}
