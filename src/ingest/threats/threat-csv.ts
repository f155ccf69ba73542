import { ReportBreak } from '../report-break.ts';
import type { Note } from '../report-parser.ts';
import { type CsvRecord, CsvStream } from './csv-stream.ts';
import { type Sighting, type SightingDefaults, SightingError, sightingOf, THREAT_LEVELS } from './sighting.ts';

const COLUMNS = ['type', 'value', 'level', 'confidence', 'source', 'first_seen', 'last_seen'] as const;
type Column = (typeof COLUMNS)[number];
const NEEDED: readonly Column[] = ['type', 'value', 'last_seen'];

/**
 * Reads threat indicators from CSV. The first record names the columns, in any order: type, value and last_seen must be there, level,
 * confidence, source and first_seen may be.
 */
export class ThreatCsv {
  readonly #csv = new CsvStream();
  readonly #defaults: SightingDefaults;
  readonly #note: Note;
  #columns: ReadonlyMap<Column, number> | null = null;
  #sightings: Sighting[] = [];

  constructor(defaults: SightingDefaults, note: Note) {
    this.#defaults = defaults;
    this.#note = note;
  }

  write(text: string): void {
    try {
      this.#csv.write(text);
    } finally {
      this.#read();
    }
  }

  end(): void {
    this.#csv.end();
    this.#read();
    if (this.#columns === null) throw new ReportBreak('the file is empty', 1, 1);
  }

  take(): Sighting[] {
    return this.#sightings.splice(0);
  }

  #read(): void {
    for (const record of this.#csv.take()) {
      if (this.#columns === null) this.#columns = this.#columnsOf(record);
      else this.#add(record, this.#columns);
    }
  }

  #columnsOf({ fields, line }: CsvRecord): ReadonlyMap<Column, number> {
    const columns = new Map<Column, number>();
    for (const [index, field] of fields.entries()) {
      const name = COLUMNS.find((column) => column === field.toLowerCase());
      if (name === undefined) this.#note(line, 1, `the column "${field.slice(0, 40)}" is not read`);
      else if (columns.has(name)) throw new ReportBreak(`the column ${name} is there twice`, line, 1);
      else columns.set(name, index);
    }
    const missing = NEEDED.filter((column) => !columns.has(column));
    if (missing.length > 0) throw new ReportBreak(`not threat indicators: there is no column ${missing.join(', ')}`, line, 1);
    return columns;
  }

  #add({ fields, line }: CsvRecord, columns: ReadonlyMap<Column, number>): void {
    const field = (column: Column) => fields[columns.get(column) ?? -1] ?? '';
    try {
      const level = field('level') === '' ? this.#defaults.level : THREAT_LEVELS.find((known) => known === field('level').toUpperCase());
      if (level === undefined) throw new SightingError(`"${field('level').slice(0, 40)}" is no level (low, medium, high, critical)`);
      this.#sightings.push(
        sightingOf({
          type: field('type').toLowerCase(),
          value: field('value'),
          level,
          source: field('source') || this.#defaults.source,
          confidence: field('confidence') === '' ? this.#defaults.confidence : Number(field('confidence')),
          firstSeen: field('first_seen') || null,
          lastSeen: field('last_seen'),
        }),
      );
    } catch (error) {
      if (!(error instanceof SightingError)) throw error;
      this.#note(line, 1, `an indicator is left out: ${error.message}`);
    }
  }
}
