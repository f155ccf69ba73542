import type { BaseRole } from '../../src/database/identity.ts';
import { persona } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';
import type { GraphQLAnswer, TestServer } from '../support/server.ts';

export const RECEIPT = `receipt { results alreadyStored passed failed errored skipped newTests newDefects knownDefects regressedDefects mutedDefects
  flakyTests isInfrastructureFailure verdict newDefectIds defects { id title severity state isMuted occurrences test } flaky { id name score } }`;

/** A failed result; its error's type makes it a defect of its own. */
export const failed = (name: string, type: string, fields: object = {}) => ({
  name,
  outcome: 'FAILED',
  failure: { type, message: `${type} of something`, details: `${type}: of something\n    at it (/srv/shop/src/${type}.ts:1:2)` },
  ...fields,
});
export const passed = (name: string, fields: object = {}) => ({ name, outcome: 'PASSED', ...fields });
/** What passed after an attempt that failed. */
export const retried = (name: string) => passed(name, { attempts: [{ outcome: 'FAILED', durationMs: 3 }] });

/** Reports and questions of one organization, over HTTP. */
export function reporter(server: TestServer, organization: FixtureOrganization) {
  const ask = (role: BaseRole, query: string, variables: Record<string, unknown> = {}) =>
    server.query(persona(organization, role), query, variables);
  const send = (runKey: string, results: readonly object[], fields: object = {}): Promise<GraphQLAnswer> =>
    ask('ci', `mutation ($input: ReportTestRunInput!) { reportTestRun(input: $input) { ${RECEIPT} testRun { id } } }`, {
      input: { project: 'shop', runKey, results, ...fields },
    });
  return {
    ask,
    send,
    /** Its receipt, where nothing was wrong. */
    // biome-ignore lint/suspicious/noExplicitAny: it has the shape of RECEIPT.
    async report(runKey: string, results: readonly object[], fields: object = {}): Promise<any> {
      const { data, errors } = await send(runKey, results, fields);
      if (errors.length > 0) throw new Error(JSON.stringify(errors));
      return { ...data.reportTestRun.receipt, runId: data.reportTestRun.testRun.id };
    },
    async data(role: BaseRole, query: string, variables: Record<string, unknown> = {}) {
      const { data, errors } = await ask(role, query, variables);
      if (errors.length > 0) throw new Error(JSON.stringify(errors) + server.log.slice(-1));
      return data;
    },
  };
}
