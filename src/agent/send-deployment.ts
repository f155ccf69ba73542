import { type Destination, sendMutation } from './send-mutation.ts';

/** What is being deployed where, as the mutation `startDeployment` takes it. */
export interface StartedDeployment {
  readonly project: string;
  readonly version: string;
  /** As GraphQL writes it: PRODUCTION, STAGING or DEVELOPMENT. */
  readonly environment: string;
  readonly commitSha: string | null;
  readonly notes: string | null;
}

/** Which deployment ended how, as the mutation `finishDeployment` takes it: by its id, or by the other three. */
export interface FinishedDeployment {
  readonly id: string | null;
  readonly project: string | null;
  readonly version: string | null;
  readonly environment: string | null;
  /** SUCCESS, FAILED or ROLLED_BACK. */
  readonly status: string;
  readonly notes: string | null;
}

/** A deployment as the server answers. */
export interface Deployment {
  readonly id: string;
  readonly version: string;
  readonly environment: string;
  readonly status: string;
  readonly deployedAt: string;
  readonly durationSeconds: number | null;
  readonly commitSha: string | null;
  readonly project: { readonly slug: string } | null;
}

/** What a started deployment is answered with: whether it was made, or was under way already. */
export interface StartAnswer {
  readonly deployment: Deployment;
  readonly isNew: boolean;
}

const FIELDS = 'deployment { id version environment status deployedAt durationSeconds commitSha project { slug } }';
const START = `mutation StartDeployment($input: StartDeploymentInput!) { answer: startDeployment(input: $input) { isNew ${FIELDS} } }`;
const FINISH = `mutation FinishDeployment($input: FinishDeploymentInput!) { answer: finishDeployment(input: $input) { ${FIELDS} } }`;

/**
 * Says that a deployment has begun. The same again gives the same, so that it can be sent until it is answered.
 *
 * @throws SendError with the server's sentence, or with why it could not be reached.
 */
export function sendStart(destination: Destination, token: string, input: StartedDeployment, patienceMs: number): Promise<StartAnswer> {
  return sendMutation(destination, token, bodyOf(START, input), (data: { answer?: StartAnswer }) => data.answer, patienceMs);
}

/**
 * Says how a deployment ended; the same again changes nothing.
 *
 * @throws SendError with the server's sentence, or with why it could not be reached.
 */
export function sendFinish(destination: Destination, token: string, input: FinishedDeployment, patienceMs: number): Promise<Deployment> {
  const read = (data: { answer?: { readonly deployment?: Deployment } }) => data.answer?.deployment;
  return sendMutation(destination, token, bodyOf(FINISH, input), read, patienceMs);
}

function bodyOf(query: string, input: object): Uint8Array<ArrayBuffer> {
  return Buffer.from(JSON.stringify({ query, variables: { input } }));
}
