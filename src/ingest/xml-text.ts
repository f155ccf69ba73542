import { TextDecoder } from 'node:util';

const SLICE = 16_384;
const SNIFFED = 256;

// Terminal colours go as a whole (of `ESC[31m`, removing ESC alone leaves `[31m`), then what XML 1.0 does not allow.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
const ILLEGAL = /\u001b\[[0-9;]*[A-Za-z]|[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence that the next piece continues
const OPEN_SEQUENCE = /\u001b(?:\[[0-9;]{0,20})?$/;

/**
 * The text of an XML file, decoded and without illegal control characters, in pieces of at most about 16,000
 * characters. The encoding is that of the byte order mark, else UTF-16 if the first character shows it, else what the
 * declaration names, else UTF-8; bytes that are none become U+FFFD.
 */
export async function* xmlText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let first = new Uint8Array(0);
  let carried = '';
  const clean = (text: string): string => {
    const whole = carried + text;
    carried = OPEN_SEQUENCE.exec(whole)?.[0] ?? '';
    return whole.slice(0, whole.length - carried.length).replace(ILLEGAL, '');
  };
  for await (let chunk of chunks) {
    if (decoder === null) {
      first = concat(first, chunk);
      if (first.length < SNIFFED) continue;
      decoder = decoderOf(first);
      chunk = first;
    }
    for (let start = 0; start < chunk.length; start += SLICE) {
      yield clean(decoder.decode(chunk.subarray(start, start + SLICE), { stream: true }));
    }
  }
  if (decoder === null) {
    decoder = decoderOf(first);
    yield clean(decoder.decode(first, { stream: true }));
  }
  yield clean(decoder.decode());
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function decoderOf(first: Uint8Array): TextDecoder {
  const [a, b] = first;
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return new TextDecoder('utf-16le');
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return new TextDecoder('utf-16be');
  if (a === 0xef && b === 0xbb) return new TextDecoder('utf-8');
  const declaration = new TextDecoder('latin1').decode(first.subarray(0, SNIFFED));
  const name = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']/.exec(declaration)?.[1] ?? 'utf-8';
  // .NET declares utf-16 in files that it then writes as UTF-8; a file in UTF-16 has been seen above.
  if (/^(?:utf-?16|ucs-?2)/i.test(name)) return new TextDecoder('utf-8');
  try {
    return new TextDecoder(name);
  } catch {
    return new TextDecoder('utf-8');
  }
}
