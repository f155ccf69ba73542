import { SaxesParser } from 'saxes';
import { ReportBreak } from './report-break.ts';

const MAX_DEPTH = 200;
const MAX_ATTRIBUTES = 256;
const MAX_NAME = 1_000;
const MAX_ATTRIBUTE = 65_536;
const MAX_BUFFERED = 2 * MAX_ATTRIBUTE;
const STRAY_AMPERSAND = 'an & is not followed by an entity';

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Entities that a DTD declares are not expanded: a reference to one stays as it is written. saxes looks entities up in
 * an object; this one answers for every name, so that an unknown one is text and not an error, and for nothing that
 * is no name, so that a stray `&` still is.
 */
const LITERAL_ENTITIES = new Proxy(ENTITIES, {
  get: (known, name) => {
    if (typeof name !== 'string') return undefined;
    return Object.hasOwn(known, name) ? known[name] : /^[\w.:-]{1,100}$/.test(name) ? `&${name};` : undefined;
  },
});

/** saxes buffers a text until its end, however long. These of its fields are what is bounded after each piece. */
interface SaxesBuffers {
  text: string;
  name: string;
  entity: string;
}

export interface XmlHandler {
  /** A value longer than 65,536 characters is cut there. */
  open(name: string, attributes: Record<string, string>): void;
  text(text: string): void;
  close(name: string): void;
}

/**
 * Reads XML piece by piece in bounded memory: depth, attributes, names and buffered text have a limit. A text arrives
 * in as many calls as it takes; of a comment longer than the limit, a part arrives as text. DTDs are skipped, external
 * entities never fetched. Whatever is wrong is thrown as one ReportBreak, after which the stream is of no further use.
 */
export class XmlStream {
  readonly #parser = new SaxesParser({ xmlns: false as const, forceXMLVersion: true, defaultXMLVersion: '1.0' });
  readonly #handler: XmlHandler;
  readonly #open: string[] = [];
  #insideTag = false;
  #attributes = 0;

  constructor(handler: XmlHandler) {
    this.#handler = handler;
    this.#parser.ENTITIES = LITERAL_ENTITIES;
    this.#parser.on('error', (error) => this.fail(error.message.replace(/^\d+:\d+: /, '')));
    this.#parser.on('opentagstart', (tag) => {
      if (this.#open.length >= MAX_DEPTH) this.fail(`elements are nested more than ${MAX_DEPTH} deep`);
      this.#open.push(tag.name);
      this.#insideTag = true;
      this.#attributes = 0;
    });
    this.#parser.on('attribute', () => {
      this.#attributes += 1;
      if (this.#attributes > MAX_ATTRIBUTES) this.fail(`an element has more than ${MAX_ATTRIBUTES} attributes`);
    });
    this.#parser.on('opentag', (tag) => {
      this.#insideTag = false;
      const { attributes } = tag;
      for (const name in attributes) attributes[name] = attributes[name]?.slice(0, MAX_ATTRIBUTE) ?? '';
      handler.open(tag.name, attributes);
    });
    this.#parser.on('closetag', (tag) => {
      this.#open.pop();
      handler.close(tag.name);
    });
    this.#parser.on('text', (text) => handler.text(text));
    this.#parser.on('cdata', (text) => handler.text(text));
  }

  write(text: string): void {
    this.#parser.write(text);
    this.#bound();
  }

  end(): void {
    if (this.#buffers.entity !== '') this.fail(STRAY_AMPERSAND);
    const open = this.#open.at(-1);
    if (open !== undefined) this.fail(`the file ends inside <${open}>`);
    this.#parser.close();
  }

  /** Line and column that are being read. */
  get position(): [line: number, column: number] {
    return [this.#parser.line, Math.max(1, this.#parser.column)];
  }

  /** Stops reading at the present place. */
  fail(message: string): never {
    throw new ReportBreak(message, ...this.position);
  }

  get #buffers(): SaxesBuffers {
    return this.#parser as unknown as SaxesBuffers;
  }

  #bound(): void {
    const buffers = this.#buffers;
    if (buffers.name.length > MAX_NAME) this.fail(`a name is longer than ${MAX_NAME} characters`);
    if (buffers.entity.length > MAX_NAME) this.fail(STRAY_AMPERSAND);
    if (buffers.text.length <= MAX_BUFFERED) return;
    if (this.#insideTag) {
      buffers.text = buffers.text.slice(0, MAX_ATTRIBUTE);
    } else {
      this.#handler.text(buffers.text);
      buffers.text = '';
    }
  }
}
