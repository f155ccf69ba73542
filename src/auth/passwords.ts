import { createHmac, randomInt } from 'node:crypto';
import bcrypt from 'bcrypt';

/** 2^12 rounds of bcrypt: about a quarter of a second on a server's core. */
const COST = 12;
/** How many may wait for each that is worked on: about a quarter of a minute, as long as people do. */
const WAITING_EACH = 60;
export const MIN_PASSWORD_LENGTH = 12;
export const MAX_PASSWORD_LENGTH = 256;

const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/**
 * Compared with where there is no hash, so that it takes as long: of a hash's form, and of no password (a start does not wait for
 * one to be made).
 */
const NOBODY = `$2b$${COST}$${Array.from({ length: 53 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`;

/** A password that is not accepted, or too many at once; the message is one sentence that says what to change. */
export class PasswordError extends Error {
  override name = 'PasswordError';
  readonly code = 'DX400';
  /** The field that it was given in. */
  readonly column: string;

  constructor(message: string, column: string) {
    super(message);
    this.column = column;
  }
}

/** More sign-ins at once than can be worked on; nothing was tried. */
export class TooManySignInsError extends Error {
  override name = 'TooManySignInsError';
  readonly code = 'DX429';
  /** Seconds. */
  readonly retryAfter = 5;
}

/**
 * What bcrypt is given. It reads 72 bytes and stops at a NUL, so it gets 64 characters in base64: the HMAC-SHA-384 of the
 * password in Unicode's form NFKC (NIST SP 800-63B, 3.1.1.2), so that it is the same password from every keyboard. The HMAC's fixed
 * key tells these hashes from plain SHA-384 ones leaked elsewhere.
 */
function digest(password: string): string {
  return createHmac('sha384', 'defectxray:password').update(password.normalize('NFKC'), 'utf8').digest('base64');
}

/**
 * Whether a password may be chosen: 12 to 256 characters, well-formed, not the person's own e-mail address or name, and
 * not a few characters again and again. No rules of composition (NIST SP 800-63B, 3.1.1.2).
 *
 * @throws PasswordError saying what to change.
 */
export function checkPassword(password: string, about: readonly string[] = [], field = 'password'): void {
  const refuse = (message: string): never => {
    throw new PasswordError(message, field);
  };
  const characters = [...password.normalize('NFKC')];
  if (characters.length < MIN_PASSWORD_LENGTH) refuse(`The password must have ${MIN_PASSWORD_LENGTH} characters or more.`);
  if (characters.length > MAX_PASSWORD_LENGTH) refuse(`The password must have at most ${MAX_PASSWORD_LENGTH} characters.`);
  if (new Set(characters).size < 5) refuse('The password must have 5 different characters or more.');
  const folded = password.toLowerCase();
  if (about.some((text) => text.length >= 4 && folded.includes(text.toLowerCase()) && folded.length < text.length + 8)) {
    refuse('The password must be more than your name or e-mail address.');
  }
}

/**
 * Hashes and compares passwords off the event loop. bcrypt works in libuv's threads, which also verify tokens and look names up, so
 * only `concurrency` of them are ever taken; who comes while too many wait already is sent away at once.
 */
export class Passwords {
  readonly #concurrency: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #working = 0;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
    this.#maxWaiting = WAITING_EACH * concurrency;
  }

  /** @throws TooManySignInsError */
  hash(password: string): Promise<string> {
    return this.#queued(() => bcrypt.hash(digest(password), COST));
  }

  /**
   * Whether a password is the one of a hash; never without one, but as slowly.
   *
   * @throws TooManySignInsError
   */
  matches(password: string, hash: string | null): Promise<boolean> {
    return this.#queued(async () => {
      const matches = await bcrypt.compare(digest(password), hash ?? NOBODY);
      return matches && hash !== null;
    });
  }

  async #queued<T>(work: () => Promise<T>): Promise<T> {
    if (this.#working >= this.#concurrency) {
      if (this.#waiting.length >= this.#maxWaiting)
        throw new TooManySignInsError('Too many people sign in right now: try again in a moment.');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#working += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Who waited takes over the place.
      if (next === undefined) this.#working -= 1;
      else next();
    }
  }
}
