/** What an entity's behaviors say of a filter: yes, no, nothing. */
type Answer = boolean | undefined;
type Behavior = GraphileBuild.Build['behavior'];
type Resolved = ReturnType<Behavior['getPreferencesAppliedBehaviors']>;

/**
 * Answers each question of the schema's construction ("may this column be ordered by?") once. Graphile Build reads the texts of
 * the behaviors anew each time, which is more than half of the time that the schema takes: of 9,000 questions 800 differ. What is
 * remembered follows from the texts alone that it is remembered by, and is forgotten with the build.
 */
export const RememberedBehaviorsPlugin: GraphileConfig.Plugin = {
  name: 'RememberedBehaviorsPlugin',
  description: 'Answers what the behaviors of an entity say of a filter once',
  version: '1.0.0',
  schema: {
    hooks: {
      build(build) {
        let behavior: Behavior | undefined;
        Object.defineProperty(build, 'behavior', {
          enumerable: true,
          get: () => behavior,
          // The builder puts it there after all build hooks, and freezes it at once.
          set(made: Behavior) {
            rememberEntities(made);
            rememberAnswers(made);
            rememberPreferences(made);
            rememberValid(made);
            behavior = made;
          },
        });
        return build;
      },
    },
  },
};

/** Finds what is known of an entity that is a list (a table and one of its columns) by its parts; the library compares list by list. */
function rememberEntities(behavior: Behavior): void {
  const { getBehaviorForEntity } = behavior;
  const lists = new Map<string, PartsOfLists>();
  behavior.getBehaviorForEntity = (entityType, entity) => {
    if (!Array.isArray(entity)) return getBehaviorForEntity.call(behavior, entityType, entity);
    let known = lists.get(entityType);
    if (known === undefined) lists.set(entityType, (known = new Map()));
    let place: ListPlace | undefined;
    for (const part of entity) {
      place = known.get(part);
      if (place === undefined) known.set(part, (place = { longer: new Map() }));
      known = place.longer;
    }
    if (place === undefined) return getBehaviorForEntity.call(behavior, entityType, entity);
    return (place.resolved ??= getBehaviorForEntity.call(behavior, entityType, entity));
  };
}

type PartsOfLists = Map<unknown, ListPlace>;
interface ListPlace {
  resolved?: Resolved;
  readonly longer: PartsOfLists;
}

function rememberAnswers(behavior: Behavior): void {
  const { entityMatches } = behavior;
  const { stringMatches } = behavior as Behavior & { stringMatches(behaviors: string, filter: string): Answer };
  const asked = new Map<string, Set<string>>();
  const answers = new Map<Resolved, Map<string, Answer>>();
  const fragments = new Map<string, readonly Fragment[]>();
  behavior.entityMatches = (entityType, entity, filter) => {
    let filters = asked.get(entityType);
    if (filters === undefined) asked.set(entityType, (filters = new Set()));
    // The library warns of a filter that is not registered when it is asked for the first time.
    if (!filters.has(filter)) entityMatches.call(behavior, entityType, entity, filter);
    filters.add(filter);
    const resolved = behavior.getBehaviorForEntity(entityType, entity);
    let known = answers.get(resolved);
    if (known === undefined) answers.set(resolved, (known = new Map()));
    if (!known.has(filter)) known.set(filter, stringMatches(concerning(resolved.behaviorString, filter), filter));
    return known.get(filter);
  };

  /** The behaviors that can decide a filter, in their order: theirs is its last word, or any. All are read each time else. */
  function concerning(behaviors: string, filter: string): string {
    let all = fragments.get(behaviors);
    if (all === undefined) fragments.set(behaviors, (all = behaviors.split(/\s+/).map((text) => ({ text, last: lastWord(text) }))));
    const word = lastWord(filter);
    if (word === '*') return behaviors;
    return all.flatMap(({ text, last }) => (last === word || last === '*' ? [text] : [])).join(' ');
  }
}

interface Fragment {
  readonly text: string;
  readonly last: string;
}

function lastWord(scope: string): string {
  return scope.slice(scope.lastIndexOf(':') + 1).replace(/^[+-]/, '');
}

/** What is left of an entity's behaviors by the preset's preferences; whose `stack` is that of the first with the same texts. */
function rememberPreferences(behavior: Behavior): void {
  const { getPreferencesAppliedBehaviors } = behavior;
  const results = new Map<string, Map<string, Map<string, Resolved>>>();
  behavior.getPreferencesAppliedBehaviors = (entityType, inferred, override) => {
    let ofType = results.get(entityType);
    if (ofType === undefined) results.set(entityType, (ofType = new Map()));
    let ofInferred = ofType.get(inferred.behaviorString);
    if (ofInferred === undefined) ofType.set(inferred.behaviorString, (ofInferred = new Map()));
    let result = ofInferred.get(override.behaviorString);
    if (result === undefined) {
      result = getPreferencesAppliedBehaviors.call(behavior, entityType, inferred, override);
      ofInferred.set(override.behaviorString, result);
    }
    return result;
  };
}

/** Behaviors are read to see whether they can be; what a plugin says of every entity is the same text. */
function rememberValid(made: Behavior): void {
  const behavior = made as unknown as { validateBehavior(entityType: string | null, source: string, text: string): void };
  const { validateBehavior } = behavior;
  const valid = new Set<string>();
  behavior.validateBehavior = (entityType, source, text) => {
    if (valid.has(text)) return;
    validateBehavior.call(behavior, entityType, source, text);
    valid.add(text);
  };
}
