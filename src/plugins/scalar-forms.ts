import { GraphQLError, type GraphQLScalarTypeConfig, Kind, type ValueNode } from 'postgraphile/graphql';

/** Gives a value as the database takes it, or says in the end of a sentence what it must be. */
type Form = (value: unknown) => { readonly value: string } | { readonly mustBe: string };

const MAX_BIGINT = 2n ** 63n;
const MAX_DIGITS = 100;

function bigInt(value: unknown): ReturnType<Form> {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text === 'string' && /^-?\d{1,19}$/.test(text)) {
    const number = BigInt(text);
    if (number < MAX_BIGINT && number >= -MAX_BIGINT) return { value: text };
  }
  return { mustBe: 'a whole number of 64 bits, such as "42"' };
}

function decimal(value: unknown): ReturnType<Form> {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  // An exponent writes a number of more digits than it has itself.
  if (typeof text === 'string' && text.length <= MAX_DIGITS && /^-?\d+(\.\d+)?(e[+-]?\d{1,2})?$/i.test(text)) return { value: text };
  return { mustBe: `a number of at most ${MAX_DIGITS} digits, such as "12.50"` };
}

function date(value: unknown): ReturnType<Form> {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && isDay(value)) return { value };
  return { mustBe: 'a day from 0001-01-01 to 9999-12-31, such as "2026-01-31"' };
}

const DATETIME = /^(\d{4}-\d\d-\d\d)(?:[T ]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)?)?$/i;

function datetime(value: unknown): ReturnType<Form> {
  const day = typeof value === 'string' ? DATETIME.exec(value)?.[1] : undefined;
  if (day !== undefined && isDay(day)) return { value: value as string };
  return { mustBe: 'a time of the years 1 to 9999 in ISO 8601, such as "2026-01-31T12:00:00Z"' };
}

/** Whether a day of four, two and two digits is one of the calendar. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !text.startsWith('0000') && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function uuid(value: unknown): ReturnType<Form> {
  if (typeof value === 'string' && /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(value)) return { value };
  return { mustBe: 'a UUID, such as "01980a3e-0000-7000-8000-000000000000"' };
}

const FORMS: Readonly<Record<string, { form: Form; description: string }>> = {
  BigInt: { form: bigInt, description: 'A whole number of 64 bits, as text: it may be larger than a JavaScript number can hold.' },
  BigFloat: { form: decimal, description: 'A decimal number, as text: it may be more precise than a JavaScript number can be.' },
  Date: { form: date, description: 'A day, such as `2026-01-31`, from 0001-01-01 to 9999-12-31.' },
  Datetime: {
    form: datetime,
    description: 'A point in time in ISO 8601, such as `2026-01-31T12:00:00Z`, of the years 1 to 9999; in UTC, if no offset is given.',
  },
  UUID: { form: uuid, description: 'An id, such as `01980a3e-0000-7000-8000-000000000000` (RFC 9562).' },
};

/**
 * Values that are not of their scalar's form are refused where they are read, so that the error can say which field has them.
 * PostgreSQL would say it of no field, and takes words that no client can read back (`now`, `infinity`, `NaN`, years before 1).
 */
export const ScalarFormsPlugin: GraphileConfig.Plugin = {
  name: 'ScalarFormsPlugin',
  description: 'Holds numbers, days, times and ids to their forms',
  version: '1.0.0',
  schema: {
    hooks: {
      GraphQLScalarType(config: GraphQLScalarTypeConfig<unknown, unknown>) {
        const known = FORMS[config.name];
        if (known === undefined) return config;
        const parse = (value: unknown): string => {
          const result = known.form(value);
          if ('value' in result) return result.value;
          throw new GraphQLError(`It must be ${result.mustBe}.`);
        };
        return { ...config, description: known.description, parseValue: parse, parseLiteral: (node: ValueNode) => parse(literal(node)) };
      },
    },
  },
};

/** What a literal of a document says; numbers as they are written, so that none is rounded. */
function literal(node: ValueNode): unknown {
  return node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT ? node.value : null;
}
