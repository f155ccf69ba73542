import { createHash } from 'node:crypto';

/** An answer of the state backend. */
export interface BackendAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** The code of an error; undefined where there is none. */
  readonly code: string | undefined;
}

/** What Terraform's HTTP backend sends, as it sends it. */
export interface Backend {
  get(): Promise<BackendAnswer>;
  /** With the checksum that Terraform gives, unless another is given. */
  post(state: string | Buffer, lock?: string, headers?: Record<string, string>): Promise<BackendAnswer>;
  remove(lock?: string): Promise<BackendAnswer>;
  lock(id: string): Promise<BackendAnswer>;
  /** By the lock info, or by nothing, as `terraform force-unlock` does. */
  unlock(id: string | null): Promise<BackendAnswer>;
  send(method: string, init?: { path?: string; body?: string | Buffer; headers?: Record<string, string> }): Promise<BackendAnswer>;
}

/** Terraform's lock info, as its client makes it. */
export function lockInfo(id: string): string {
  const info = { ID: id, Operation: 'OperationTypeApply', Info: '', Who: 'dev@workstation', Version: '1.11.4', Path: '' };
  return JSON.stringify({ ...info, Created: '2026-11-21T10:00:00.000000000Z' });
}

/** A client of one state: `authorization` is the header, as in `Basic …`. */
export function backendAt(address: string, authorization: string | undefined): Backend {
  const send: Backend['send'] = async (method, { path = '', body, headers = {} } = {}) => {
    const response = await fetch(`${address}${path}`, {
      method,
      headers: { ...(authorization === undefined ? {} : { authorization }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, bytes, code: codeOf(bytes) };
  };
  const held = (lock: string | undefined) => (lock === undefined ? '' : `?ID=${lock}`);
  return {
    send,
    get: () => send('GET'),
    post: (state, lock, headers = {}) =>
      send('POST', {
        path: held(lock),
        body: state,
        headers: { 'content-type': 'application/json', 'content-md5': createHash('md5').update(state).digest('base64'), ...headers },
      }),
    remove: (lock) => send('DELETE', { path: held(lock) }),
    lock: (id) => send('LOCK', { body: lockInfo(id) }),
    unlock: (id) => send('UNLOCK', id === null ? {} : { body: lockInfo(id) }),
  };
}

/** HTTP Basic, as Terraform makes it of TF_HTTP_USERNAME and TF_HTTP_PASSWORD. */
export function basic(password: string, username = 'defectxray'): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function codeOf(bytes: Buffer): string | undefined {
  try {
    return (JSON.parse(bytes.toString()) as { errors?: { extensions: { code: string } }[] }).errors?.[0]?.extensions.code;
  } catch {
    return undefined;
  }
}
