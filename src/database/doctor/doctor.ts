import { constraintRules } from './constraints.ts';
import { grantRules } from './grants.ts';
import { keyRules } from './keys.ts';
import { roleRules } from './roles.ts';
import { routineRules } from './routines.ts';
import { rowSecurityRules } from './row-security.ts';
import type { Examined, Finding, Rule } from './rule.ts';
import { serverRules } from './server-settings.ts';
import { triggerRules } from './triggers.ts';
import { upgradeRules } from './upgrades.ts';

/** Every rule, in the order in which findings are told: what opens data first. */
export const RULES: readonly Rule[] = [
  ...rowSecurityRules,
  ...grantRules,
  ...routineRules,
  ...roleRules,
  ...triggerRules,
  ...constraintRules,
  ...keyRules,
  ...upgradeRules,
  ...serverRules,
];

/**
 * Looks at a database by every rule. Nothing is changed but the search path and, for a moment, the role, both until the
 * transaction ends that the caller has begun.
 *
 * @throws the database's error where something cannot be looked at, as in a database that was never migrated.
 */
export async function examine(examined: Examined): Promise<Finding[]> {
  // Names are written with their schema, and nothing of the operator's own path is called.
  await examined.client.query('set local search_path = pg_catalog; set local row_security = on');
  const findings: Finding[] = [];
  for (const { name, severity, find } of RULES) {
    for (const object of await find(examined)) findings.push({ rule: name, severity, object });
  }
  return findings;
}
