import type { PgCodec } from '@dataplan/pg';

/** Domains over text whose CHECK lists the values. */
interface Vocabulary {
  readonly values: readonly string[];
}

/**
 * Closed vocabularies are domains over text (`create domain severity as text check (value in (…))`), since only text can
 * use an index under row-level security; in GraphQL they are enums. The values are read from the domain's CHECK.
 */
export const VocabularyEnumsPlugin: GraphileConfig.Plugin = {
  name: 'VocabularyEnumsPlugin',
  description: 'Exposes domains over text that list their values as GraphQL enums',
  version: '1.0.0',
  gather: {
    hooks: {
      // A vocabulary that no table uses (yet) is still one that inputs may.
      async pgRegistry_PgRegistryBuilder_pgCodecs(info, { registryBuilder }) {
        for (const { pgService, introspection } of await info.helpers.pgIntrospection.getIntrospection()) {
          for (const type of introspection.types) {
            if (type.typtype !== 'd' || type.getNamespace()?.nspname !== 'app') continue;
            const codec = await info.helpers.pgCodecs.getCodecFromType(pgService.name, type._id);
            if (codec !== null) registryBuilder.addCodec(codec);
          }
        }
      },
      async pgCodecs_PgCodec(info, { pgCodec, pgType, serviceName }) {
        if (pgType?.typtype !== 'd') return;
        const { introspection } = await info.helpers.pgIntrospection.getService(serviceName);
        const check = introspection.constraints.find((constraint) => constraint.contypid === pgType._id && constraint.contype === 'c');
        const constraint = check === undefined ? undefined : await domainCheck(info, check._id);
        const vocabulary = constraint === undefined ? null : parseVocabulary(constraint.definition);
        if (vocabulary === null) return;
        const descriptions = parseDescriptions(constraint?.comment ?? '');
        // A codec is shared by everything that has the type, so it is changed, not replaced.
        const codec = pgCodec as Writable<PgCodec> & { values?: { value: string; description: string | undefined }[] };
        codec.values = vocabulary.values.map((value) => ({ value, description: descriptions.get(value) }));
        codec.isEnum = true;
        codec.hasNaturalOrdering = false;
        codec.hasNaturalEquality = true;
        codec.domainOfCodec = undefined;
      },
    },
  },
  schema: {
    hooks: {
      // As text the values would be compared by the alphabet: critical < high < low < medium.
      GraphQLInputObjectType_fields(fields, _build, { scope: { pgConnectionFilterOperators } }) {
        if (pgConnectionFilterOperators?.pgCodecs.some((codec) => (codec as { isEnum?: boolean }).isEnum === true) !== true) return fields;
        return Object.fromEntries(Object.entries(fields).filter(([name]) => !ORDERED_COMPARISONS.has(name)));
      },
    },
  },
};

const ORDERED_COMPARISONS = new Set(['lessThan', 'lessThanOrEqualTo', 'greaterThan', 'greaterThanOrEqualTo']);

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A CHECK of a domain, and what its comment says of its values. */
interface DomainCheck {
  readonly oid: string;
  readonly definition: string;
  readonly comment: string | null;
}

const checks = new WeakMap<object, Promise<Map<string, DomainCheck>>>();

/** A CHECK constraint of a domain; all are read once a service. */
async function domainCheck(info: { resolvedPreset: GraphileConfig.ResolvedPreset }, oid: string): Promise<DomainCheck | undefined> {
  const service = info.resolvedPreset.pgServices?.[0];
  if (service === undefined) return undefined;
  let all = checks.get(service);
  if (all === undefined) {
    all = (async () => {
      const withPgClient = await service.adaptor.createWithPgClient(service.adaptorSettings as never);
      const { rows } = await withPgClient(null, (client) =>
        client.query<DomainCheck>({
          text: `select oid::text, pg_get_constraintdef(oid) as definition, obj_description(oid, 'pg_constraint') as comment
            from pg_constraint where contypid <> 0 and contype = 'c'`,
        }),
      );
      return new Map(rows.map((row) => [row.oid, row]));
    })();
    checks.set(service, all);
  }
  return (await all).get(oid);
}

/** Reads `CHECK ((VALUE = ANY (ARRAY['low'::text, 'medium'::text])))`, as PostgreSQL writes `value in ('low', 'medium')`. */
export function parseVocabulary(definition: string): Vocabulary | null {
  const list = /^CHECK \(\(?\(?VALUE = ANY \(ARRAY\[(.*)\]\)\)*$/.exec(definition)?.[1];
  if (list === undefined) return null;
  return { values: [...list.matchAll(/'((?:[^']|'')*)'::text/g)].map(([, value]) => (value as string).replaceAll("''", "'")) };
}

/** Reads what a comment says of the values: lines such as `low: It can wait.` */
export function parseDescriptions(comment: string): ReadonlyMap<string, string> {
  return new Map([...comment.matchAll(/^([^\s:]+): (.+)$/gm)].map(([, value, description]) => [value as string, description as string]));
}
