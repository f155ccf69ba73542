import { TextDecoder } from 'node:util';
import { IllegalFilter } from './illegal-characters.ts';

const SLICE = 16_384;
const SNIFFED = 256;

/**
 * The text of a report, decoded and without illegal control characters, in pieces of at most about 16,000 characters.
 * The encoding is that of the byte order mark (which is left out), else UTF-16 if the first character shows it, else
 * what an XML declaration names, else UTF-8; bytes that are none become U+FFFD.
 */
export async function* reportText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const filter = new IllegalFilter();
  let decoder: TextDecoder | null = null;
  let first = new Uint8Array(0);
  for await (let chunk of chunks) {
    if (decoder === null) {
      first = concat(first, chunk);
      if (first.length < SNIFFED) continue;
      decoder = decoderOf(first);
      chunk = first;
    }
    for (let start = 0; start < chunk.length; start += SLICE) {
      yield filter.next(decoder.decode(chunk.subarray(start, start + SLICE), { stream: true }));
    }
  }
  if (decoder === null) {
    decoder = decoderOf(first);
    yield filter.next(decoder.decode(first, { stream: true }));
  }
  yield filter.next(decoder.decode()) + filter.end();
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function decoderOf(first: Uint8Array): TextDecoder {
  const [a = 0, b = 0] = first;
  // What every format begins with is ASCII: a zero beside it is the other half of a character of two bytes.
  if ((a === 0xff && b === 0xfe) || (a > 0 && a < 0x80 && b === 0 && first.length > 1)) return new TextDecoder('utf-16le');
  if ((a === 0xfe && b === 0xff) || (a === 0 && b > 0 && b < 0x80)) return new TextDecoder('utf-16be');
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
