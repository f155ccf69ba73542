/**
 * One way to change a row: by its id. And rows are found by no key that a client cannot read, such as the digest of an
 * e-mail address.
 */
export const ChangesByIdPlugin: GraphileConfig.Plugin = {
  name: 'ChangesByIdPlugin',
  description: 'Leaves out updates and deletes by other keys than the primary one, and lookups by keys that are hidden',
  version: '1.0.0',
  schema: {
    entityBehavior: {
      pgResourceUnique: {
        inferred: {
          after: ['inferred'],
          provides: ['changesById'],
          callback(behavior, [resource, unique], build) {
            const readable = unique.attributes.every((attribute) =>
              build.behavior.pgCodecAttributeMatches([resource.codec, attribute], 'attribute:select'),
            );
            return [
              behavior,
              ...(unique.isPrimary === true ? [] : ['-constraint:resource:update', '-constraint:resource:delete']),
              ...(readable ? [] : ['-single']),
            ] as (typeof behavior)[];
          },
        },
      },
    },
  },
};
