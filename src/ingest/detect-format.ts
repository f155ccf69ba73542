import type { ReportFormat } from './report-parser.ts';

/** What a file is by its beginning: one of the formats, XML of a kind that its root will tell, or in words what it looks like. */
export type Detection = { readonly format: ReportFormat | 'xml' } | { readonly looksLike: string };

/** So much is read of a file in which no format has shown itself. */
export const SNIFFED = 65_536;

const READ = 'JUnit XML, CTRF (JSON), TRX and TAP are read';
const TAP_LINE = /^ {0,8}(?:TAP version \d+\s*$|1\.\.\d+\s*(?:#.*)?$|(?:not )?ok\b(?:\s+\d+\b|\s+- |\s*$)|Bail out!)/m;

/** Says what a report is whose text begins with `start`; null where more of it is needed. */
export function detectFormat(start: string, isWhole: boolean): Detection | null {
  const text = start.trimStart();
  if (text === '' && isWhole && start.length < SNIFFED) return { looksLike: 'the file is empty' };
  if (text === '') return start.length < SNIFFED ? null : { looksLike: 'it begins with too much white space' };
  if (text.startsWith('<')) return { format: 'xml' };
  if (text.startsWith('{')) return detectJson(text, isWhole);
  if (text.startsWith('[')) return { looksLike: `it looks like a JSON array, which no report is: ${READ}` };
  // What a build prints may precede TAP; its last line may be half a line yet.
  const lines = isWhole ? start : start.slice(0, start.lastIndexOf('\n') + 1);
  if (TAP_LINE.test(lines)) return { format: 'tap' };
  if (!isWhole && start.length < SNIFFED) return null;
  return { looksLike: `${described(text)}: ${READ}` };
}

/** A program that writes a JSON document for each event is no report; only its second line shows it. */
function detectJson(text: string, isWhole: boolean): Detection | null {
  const end = text.indexOf('\n');
  if (end < 0) return isWhole || text.length > SNIFFED ? { format: 'ctrf' } : null;
  const isEvent = /^\{.*"(?:Action|Test|Time|event|type)":.*\}\s*$/.test(text.slice(0, end)) && text.slice(end).trimStart().startsWith('{');
  if (isEvent) return { looksLike: `it looks like JSON lines, as \`go test -json\` writes them: ${READ}` };
  return text.slice(end).trim() === '' && !isWhole ? null : { format: 'ctrf' };
}

function described(text: string): string {
  const start = text.slice(0, 256);
  if (start.startsWith('PK')) return 'it looks like a ZIP archive';
  if ((start.match(/\ufffd/g)?.length ?? 0) > 3) return 'it looks like something that is no text, such as an archive';
  return `it looks like plain text, beginning with "${start.split('\n', 1)[0]?.trim().slice(0, 60)}"`;
}
