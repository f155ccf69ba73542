// @ts-check
/** This server's GraphQL, asked by the IDE's own means: past `fetch` as the page has it, which adds the session. */

export const GRAPHQL = new URL('/graphql', location.href).href;

export const send = globalThis.fetch.bind(globalThis);

/** @typedef {{ data?: any, errors?: { message: string, extensions?: { code?: string } }[] }} Answer */

/**
 * @param {string} query
 * @param {Record<string, unknown>} [variables]
 */
export function operation(query, variables = {}) {
  return new Request(GRAPHQL, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
}

/**
 * @param {Request} request
 * @param {string | undefined} token
 */
export function authorized(request, token) {
  if (token !== undefined) request.headers.set('authorization', `Bearer ${token}`);
  return request;
}

/**
 * The data of an answer.
 *
 * @param {Request} request
 * @throws {Error} with the API's sentence
 */
export async function ask(request) {
  const response = await send(request).catch(() => {
    throw new Error('The server does not answer.');
  });
  /** @type {Answer} */
  const { data, errors } = await response.json();
  if (errors?.[0] !== undefined) throw new Error(errors[0].message);
  return data;
}

/**
 * Whether an answer says that its credential does not hold. It can still be read afterwards.
 *
 * @param {Response} response
 */
export async function isUnauthenticated(response) {
  if (response.status === 401) return true;
  if (!response.headers.get('content-type')?.includes('json')) return false;
  /** @type {Answer} */
  const { errors } = await response.clone().json();
  return errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED') ?? false;
}
