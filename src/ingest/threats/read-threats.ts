import { ReportBreak } from '../report-break.ts';
import type { Note } from '../report-parser.ts';
import { reportText } from '../report-text.ts';
import type { Sighting, SightingDefaults } from './sighting.ts';
import { StixBundle } from './stix-bundle.ts';
import { ThreatCsv } from './threat-csv.ts';

/** The formats of feeds that are read. */
export const THREAT_FORMATS = ['stix', 'csv'] as const;
export type ThreatFormat = (typeof THREAT_FORMATS)[number];

/**
 * Reads a feed of threat indicators as it comes, in memory that does not grow with it. What is wrong with one of them is noted with
 * its place, and the rest is read; where the feed itself breaks, what was before it is read, and the break is noted. What it is, its
 * first character says, unless `format` does: a STIX bundle is a JSON object.
 */
export async function* readThreats(
  chunks: AsyncIterable<Uint8Array>,
  note: Note,
  defaults: SightingDefaults,
  format: ThreatFormat | 'auto' = 'auto',
): AsyncGenerator<Sighting> {
  let parser = format === 'auto' ? null : parserOf(format, defaults, note);
  try {
    for await (const text of reportText(chunks)) {
      const [first] = text.trimStart();
      if (parser === null && first === undefined) continue;
      parser ??= parserOf(first === '{' || first === '[' ? 'stix' : 'csv', defaults, note);
      parser.write(text);
      yield* parser.take();
    }
    if (parser === null) throw new ReportBreak('the file is empty', 1, 1);
    parser.end();
  } catch (error) {
    if (!(error instanceof ReportBreak)) throw error;
    yield* parser?.take() ?? [];
    note(error.line, error.column, `the feed cannot be read further: ${error.message}`);
    return;
  }
  yield* parser.take();
}

function parserOf(format: ThreatFormat, defaults: SightingDefaults, note: Note): StixBundle | ThreatCsv {
  return format === 'stix' ? new StixBundle(defaults, note) : new ThreatCsv(defaults, note);
}
