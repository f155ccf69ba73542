import { explainFingerprint } from '../../src/ingest/fingerprint.ts';
import type { LabelledFailure } from './corpus.ts';

/** How failures were grouped, judged by the pairs of them: in one group, of one bug, or both. */
export interface Grouping {
  readonly failures: number;
  readonly bugs: number;
  readonly groups: number;
  /** How many pairs of failures are in one group, of one bug, both; of one bug in one test, and in one group as well. */
  readonly pairs: {
    readonly grouped: number;
    readonly ofOneBug: number;
    readonly both: number;
    readonly ofOneTest: number;
    readonly stable: number;
  };
  /** Of the pairs in one group, the share that is of one bug: 1 where no two bugs were taken for one. */
  readonly precision: number;
  /** Of the pairs of one bug, the share that is in one group: 1 where no bug was torn apart. */
  readonly recall: number;
  /** Of the pairs of one test on two machines, the share that is in one group: 1 where a failure is the same everywhere. */
  readonly stability: number;
  /** Bugs that share a group. */
  readonly mixed: readonly (readonly string[])[];
  /** Bugs that several groups have, and the elements of the fingerprint in which those differ. */
  readonly torn: readonly { readonly bug: string; readonly groups: number; readonly by: readonly string[] }[];
}

/** What the product groups a failure by, as it explains it: equal texts are equal fingerprints. */
const groupOf = (failure: LabelledFailure): string => explainFingerprint(failure, failure);

export function measure(failures: readonly LabelledFailure[], group: (failure: LabelledFailure) => string = groupOf): Grouping {
  const groups = Map.groupBy(failures, group);
  const bugs = Map.groupBy(failures, ({ bug }) => bug);
  const counts = {
    failures: failures.length,
    bugs: bugs.size,
    groups: groups.size,
    pairs: {
      grouped: pairs(groups),
      ofOneBug: pairs(bugs),
      both: pairs(Map.groupBy(failures, (failure) => JSON.stringify([failure.bug, group(failure)]))),
      ofOneTest: pairs(Map.groupBy(failures, testOf)),
      stable: pairs(Map.groupBy(failures, (failure) => JSON.stringify([testOf(failure), group(failure)]))),
    },
  };
  return {
    ...counts,
    ...shares(counts.pairs),
    mixed: [...groups.values()].map((members) => [...new Set(members.map(({ bug }) => bug))]).filter((labels) => labels.length > 1),
    torn: [...bugs].flatMap(([bug, members]) => {
      const texts = [...new Set(members.map(group))];
      return texts.length < 2 ? [] : [{ bug, groups: texts.length, by: differing(texts) }];
    }),
  };
}

/** The groupings of several runners as one; no pair of failures is of two of them. */
export function together(groupings: readonly Grouping[]): Grouping {
  const sum = (count: (grouping: Grouping) => number) => groupings.reduce((total, grouping) => total + count(grouping), 0);
  const all = {
    grouped: sum((grouping) => grouping.pairs.grouped),
    ofOneBug: sum((grouping) => grouping.pairs.ofOneBug),
    both: sum((grouping) => grouping.pairs.both),
    ofOneTest: sum((grouping) => grouping.pairs.ofOneTest),
    stable: sum((grouping) => grouping.pairs.stable),
  };
  return {
    failures: sum(({ failures }) => failures),
    bugs: sum(({ bugs }) => bugs),
    groups: sum(({ groups }) => groups),
    pairs: all,
    ...shares(all),
    mixed: groupings.flatMap(({ mixed }) => mixed),
    torn: groupings.flatMap(({ torn }) => torn),
  };
}

const testOf = ({ bug, name, parameters }: LabelledFailure): string => JSON.stringify([bug, name, parameters]);

function shares({ grouped, ofOneBug, both, ofOneTest, stable }: Grouping['pairs']): Pick<Grouping, 'precision' | 'recall' | 'stability'> {
  const share = (part: number, whole: number) => (whole === 0 ? 1 : part / whole);
  return { precision: share(both, grouped), recall: share(both, ofOneBug), stability: share(stable, ofOneTest) };
}

function pairs(groups: ReadonlyMap<string, readonly unknown[]>): number {
  return [...groups.values()].reduce((total, { length }) => total + (length * (length - 1)) / 2, 0);
}

function differing(explanations: readonly string[]): string[] {
  const elements = ['type', 'message', 'frame', 'test'];
  const linesOf = (explanation: string, element: string) => explanation.split('\n').filter((line) => line.startsWith(`${element} `));
  return elements.filter((element) => new Set(explanations.map((one) => linesOf(one, element).join('\n'))).size > 1);
}
