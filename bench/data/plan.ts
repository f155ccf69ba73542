import { LANGUAGES } from './failures.ts';
import { SEED } from './identity.ts';
import type { NewDataOrganization } from './organizations.ts';
import { seeded } from './random.ts';
import { apportion, zipfWeights } from './sizes.ts';
import { PROJECTS } from './vocabulary.ts';

/** A project that is to be filled. */
export interface ProjectPlan {
  readonly id: string;
  readonly organizationId: string;
  readonly home: string;
  readonly slug: string;
  readonly name: string;
  /** Of the same project in each making of the data: what it holds follows from it. */
  readonly seed: string;
  /** Of `LANGUAGES`. */
  readonly language: number;
  readonly defects: number;
  /** Who defects are assigned to and who deploys. */
  readonly workers: readonly string[];
}

/** How far data goes back. */
export const SPAN_MS = 180 * 24 * 60 * 60 * 1_000;
const DEFECTS_A_PROJECT = 1_500;

/** The projects of all organizations: of each 2 to 40 of uneven size. Large and small ones stand mixed, as they would be filled. */
export function planProjects(organizations: readonly NewDataOrganization[], now: number): readonly ProjectPlan[] {
  const plans = organizations.flatMap((organization) => {
    const wanted = Math.round(organization.defects / DEFECTS_A_PROJECT);
    const count = Math.min(Math.max(wanted, 2), 40, organization.defects);
    return apportion(organization.defects, zipfWeights(count)).map((defects, n): ProjectPlan => {
      const seed = `${SEED}/${organization.slug}/${n}`;
      const random = seeded(seed);
      const [slug, name] = PROJECTS[n % PROJECTS.length] as (typeof PROJECTS)[number];
      const suffix = n < PROJECTS.length ? '' : `-${Math.floor(n / PROJECTS.length) + 1}`;
      return {
        id: random.uuid(now - SPAN_MS),
        organizationId: organization.id,
        home: organization.home,
        slug: `${slug}${suffix}`,
        name: `${name}${suffix.replace('-', ' ')}`,
        seed,
        language: random.below(LANGUAGES.length),
        defects,
        workers: organization.workers,
      };
    });
  });
  const random = seeded(`${SEED}/order`);
  return plans
    .map((plan) => ({ plan, at: random.number() }))
    .sort((one, other) => one.at - other.at)
    .map(({ plan }) => plan);
}
