// @ts-check
/**
 * The session of the person at the IDE, without the page: tokens, requests in their name, and how they outlive a reload.
 *
 * Tokens are in memory. Only while the page is being left, for a reload, do they lie in sessionStorage: it belongs to one
 * tab, is sent nowhere, and ends with the tab. A tab that is duplicated so copies nothing: two that exchange one refresh
 * token would end the session, as its theft would.
 */
import { ask, authorized, GRAPHQL, isUnauthenticated, operation, send } from './graphql.js';

const KEPT = 'defectxray:session';
/** An access token is exchanged that long before its end, for the time that a request is under way. */
const EARLY_MS = 30_000;
const TOKENS = 'accessToken expiresAt refreshToken organization role';

/**
 * @typedef {{ accessToken: string, expiresAt: string, refreshToken: string, organization: string, role: string }} Tokens
 * @typedef {Tokens & { person: string }} Session
 */

/** @type {Session | null} */
let session = takeKept();
/** The exchange under way: a refresh token may be sent once. @type {Promise<Response | null> | null} */
let exchange = null;
/** @type {(session: Session | null, reason?: string) => void} */
let tell = () => {};

/**
 * Calls back with who is signed in, at once and after every change; with the reason where a session has ended by itself.
 *
 * @param {(session: Session | null, reason?: string) => void} listener
 */
export function onSession(listener) {
  tell = listener;
  tell(session);
}

/**
 * @param {string} email
 * @param {string} password
 * @param {string | null} organization its slug; null for the one that was used last
 * @throws {Error} with the API's sentence
 */
export async function signIn(email, password, organization) {
  const query = `mutation ($input: SignInInput!) { signIn(input: $input) { ${TOKENS} } }`;
  /** @type {Tokens} */
  const tokens = (await ask(operation(query, { input: { email, password, organization } }))).signIn;
  const { me } = await ask(authorized(operation('{ me { person { name } } }'), tokens.accessToken));
  change({ ...tokens, person: me?.person?.name ?? email });
}

/** Ends the session; here also where the server has ended it already, or does not answer. */
export async function signOut() {
  await fetchSignedIn(operation('mutation { signOut(input: {}) { signedOut } }')).catch(() => {});
  change(null);
}

/**
 * `fetch`, with the access token for requests to this server's GraphQL that bring no Authorization header of their own.
 * A token that is about to end, or is refused, is exchanged first; what refuses that is the answer.
 *
 * @type {typeof fetch}
 */
export async function fetchSignedIn(input, init) {
  const request = new Request(input, init);
  if (session === null || request.url !== GRAPHQL || request.headers.has('authorization')) return send(request);
  if (Date.parse(session.expiresAt) - Date.now() < EARLY_MS) {
    const refusal = await refresh();
    if (refusal !== null) return refusal;
  }
  const token = session?.accessToken;
  const response = await send(authorized(request.clone(), token));
  if (!(await isUnauthenticated(response))) return response;
  // Whether the session still stands is known by its refresh, unless another request has seen to that.
  const refusal = session?.accessToken === token ? await refresh() : null;
  // With 401 nothing was begun, so it may be sent again; else an operation, such as `signIn`, has refused by itself.
  return response.status === 401 ? (refusal ?? send(authorized(request, session?.accessToken))) : response;
}

/**
 * A message to this server's WebSocket, with the access token where it is the one that signs in and brings no credential of its own.
 *
 * @param {string} message
 */
export async function messageSignedIn(message) {
  if (session === null) return message;
  const { payload, ...rest } = JSON.parse(message);
  if (rest.type !== 'connection_init' || Object.keys(payload ?? {}).some((name) => name.toLowerCase() === 'authorization')) return message;
  if (Date.parse(session.expiresAt) - Date.now() < EARLY_MS) await refresh();
  return JSON.stringify({ ...rest, payload: { ...payload, authorization: `Bearer ${session?.accessToken}` } });
}

/** Exchanges the refresh token, once for all who wait for it; gives the answer that refuses it, or null. */
async function refresh() {
  exchange ??= exchangeTokens().finally(() => {
    exchange = null;
  });
  // Each who waits reads the answer for itself.
  return (await exchange)?.clone() ?? null;
}

/** @returns {Promise<Response | null>} */
async function exchangeTokens() {
  const current = session;
  if (current === null) return null;
  const query = `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { ${TOKENS} } }`;
  const response = await send(operation(query, { input: { refreshToken: current.refreshToken } }));
  /** @type {import('./graphql.js').Answer} */
  const answer = await response.clone().json();
  // Somebody has signed out, or in, meanwhile.
  if (session !== current) return null;
  if (answer.errors === undefined) {
    change({ ...current, ...answer.data.refreshSession });
    return null;
  }
  const [error] = answer.errors;
  if (error?.extensions?.code === 'UNAUTHENTICATED') change(null, error.message);
  return response;
}

/**
 * @param {Session | null} next
 * @param {string} [reason]
 */
function change(next, reason) {
  session = next;
  tell(session, reason);
}

/** @returns {Session | null} */
function takeKept() {
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  return kept === null ? null : JSON.parse(kept);
}

addEventListener('pagehide', () => {
  if (session !== null) sessionStorage.setItem(KEPT, JSON.stringify(session));
});
addEventListener('pageshow', ({ persisted }) => {
  // Brought back as it was left: what another page of the tab has done since is in what is kept.
  if (persisted) change(takeKept());
});
