import { BoundedText, DETAILS_LIMIT } from './bounded-text.ts';
import { cleanText } from './illegal-characters.ts';
import { ReportBreak } from './report-break.ts';

const MAX_DEPTH = 200;
const MAX_KEY = 1_000;
const MAX_LITERAL = 1_000;

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const LITERALS = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

export type JsonScalar = string | number | boolean | null;

export interface JsonHandler {
  open(kind: 'object' | 'array'): void;
  key(name: string): void;
  value(value: JsonScalar): void;
  close(): void;
}

/** What may come next, as it is said where something else comes. */
type Expected = 'a value' | 'a value or ]' | 'a key or }' | 'a key' | 'a colon' | 'a comma or the end' | 'nothing more';

/**
 * Reads JSON piece by piece in bounded memory: depth, keys and numbers have a limit, and of a string longer than 65,536
 * characters the middle is left out. Strings come without control characters and without halves of characters. What is
 * wrong is thrown as one ReportBreak with its place, after everything before it has been handed on; the stream is of no
 * further use then. It reads what `JSON.parse` reads, and no more.
 */
export class JsonStream {
  readonly #handler: JsonHandler;
  readonly #open: ('object' | 'array')[] = [];
  #expected: Expected = 'a value';
  #string: BoundedText | null = null;
  #isKey = false;
  /** The beginning of an escape sequence. */
  #escape = '';
  #literal = '';
  #piece = '';
  #at = 0;
  /** Where the piece begins. */
  #line = 1;
  #column = 1;

  constructor(handler: JsonHandler) {
    this.#handler = handler;
  }

  write(text: string): void {
    this.#piece = text;
    this.#at = 0;
    while (this.#at < text.length) {
      if (this.#string !== null && this.#escape !== '') this.#readEscape(this.#string);
      else if (this.#string !== null) this.#readString(this.#string);
      else if (this.#literal !== '' || /[-+.\w]/.test(text.charAt(this.#at))) this.#readLiteral();
      else this.#readMark(text.charAt(this.#at));
    }
    [this.#line, this.#column] = this.position;
    this.#piece = '';
    this.#at = 0;
  }

  end(): void {
    if (this.#literal !== '') this.#endLiteral();
    if (this.#string !== null) this.fail('the file ends inside a string');
    const open = this.#open.at(-1);
    if (open !== undefined) this.fail(`the file ends inside an ${open}`);
    if (this.#expected !== 'nothing more') this.fail('the file is empty');
  }

  /** Line and column that are being read. */
  get position(): [line: number, column: number] {
    const read = this.#piece.slice(0, this.#at);
    const lineStart = read.lastIndexOf('\n') + 1;
    if (lineStart === 0) return [this.#line, this.#column + read.length];
    return [this.#line + read.split('\n').length - 1, read.length - lineStart + 1];
  }

  /** Stops reading at the present place. */
  fail(message: string): never {
    throw new ReportBreak(message, ...this.position);
  }

  #readMark(mark: string): void {
    const parent = this.#open.at(-1);
    if (mark === '"') this.#openString();
    else if (mark === '{' || mark === '[') this.#openContainer(mark === '{' ? 'object' : 'array');
    else if ((mark === '}' && parent === 'object') || (mark === ']' && parent === 'array')) this.#closeContainer();
    else if (mark === ':' && this.#expected === 'a colon') this.#expected = 'a value';
    else if (mark === ',' && this.#expected === 'a comma or the end') this.#expected = parent === 'object' ? 'a key' : 'a value';
    else if (!/[ \t\r\n]/.test(mark)) this.#unexpected(mark);
    this.#at += 1;
  }

  #openContainer(kind: 'object' | 'array'): void {
    this.#expectValue(kind === 'object' ? '{' : '[');
    if (this.#open.length >= MAX_DEPTH) this.fail(`values are nested more than ${MAX_DEPTH} deep`);
    this.#open.push(kind);
    this.#expected = kind === 'object' ? 'a key or }' : 'a value or ]';
    this.#handler.open(kind);
  }

  #closeContainer(): void {
    const mayEnd = this.#expected === 'a comma or the end' || this.#expected === 'a key or }' || this.#expected === 'a value or ]';
    if (!mayEnd) this.#unexpected(this.#piece.charAt(this.#at));
    this.#open.pop();
    this.#valueEnded();
    this.#handler.close();
  }

  #openString(): void {
    this.#isKey = this.#expected === 'a key' || this.#expected === 'a key or }';
    if (!this.#isKey) this.#expectValue('"');
    this.#string = new BoundedText(DETAILS_LIMIT);
  }

  #readString(string: BoundedText): void {
    const text = this.#piece;
    let end = this.#at;
    let code = text.charCodeAt(end);
    while (end < text.length && code !== 0x22 && code !== 0x5c && code >= 0x20) code = text.charCodeAt(++end);
    string.add(text.slice(this.#at, end));
    this.#at = end;
    if (end === text.length) return;
    if (code < 0x20) this.fail('a line ends, or a tab stands, inside a string');
    this.#at += 1;
    if (code === 0x5c) this.#escape = '\\';
    else this.#endString(string);
  }

  #readEscape(string: BoundedText): void {
    const next = this.#piece.charAt(this.#at);
    const isCode = this.#escape.length > 1 || next === 'u';
    const character = ESCAPES[next];
    if (isCode ? this.#escape.length > 1 && !/[0-9a-f]/i.test(next) : character === undefined) {
      this.fail(`\\${this.#escape.slice(1)}${next} is no escape sequence`);
    }
    this.#at += 1;
    this.#escape += next;
    if (isCode && this.#escape.length < 6) return;
    string.add(isCode ? String.fromCharCode(Number.parseInt(this.#escape.slice(2), 16)) : (character ?? ''));
    this.#escape = '';
  }

  #endString(string: BoundedText): void {
    this.#string = null;
    const text = cleanText(string.toString());
    if (this.#isKey) {
      this.#expected = 'a colon';
      this.#handler.key(text.slice(0, MAX_KEY));
    } else {
      this.#valueEnded();
      this.#handler.value(text);
    }
  }

  #readLiteral(): void {
    const literal = /[-+.\w]*/y;
    literal.lastIndex = this.#at;
    const [part = ''] = literal.exec(this.#piece) ?? [];
    // Its beginning alone: how much of it has come yet is chance.
    if (this.#literal === '') this.#expectValue(part.charAt(0));
    this.#literal += part;
    if (this.#literal.length > MAX_LITERAL) this.fail('a number or word is too long');
    this.#at += part.length;
    if (this.#at < this.#piece.length) this.#endLiteral();
  }

  #endLiteral(): void {
    const literal = this.#literal;
    this.#literal = '';
    const known = LITERALS.get(literal);
    if (known === undefined && !NUMBER.test(literal)) this.fail(`${literal.slice(0, 20)} is no value`);
    this.#valueEnded();
    this.#handler.value(known === undefined ? Number(literal) : known);
  }

  #expectValue(found: string): void {
    if (this.#expected !== 'a value' && this.#expected !== 'a value or ]') this.#unexpected(found);
  }

  #valueEnded(): void {
    this.#expected = this.#open.length === 0 ? 'nothing more' : 'a comma or the end';
  }

  #unexpected(found: string): never {
    this.fail(`${this.#expected} is expected, not ${found}`);
  }
}
