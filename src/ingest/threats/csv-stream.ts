import { ReportBreak } from '../report-break.ts';

const MAX_RECORD = 100_000;

/** A record of a CSV file, with the line on which it begins. */
export interface CsvRecord {
  readonly fields: readonly string[];
  readonly line: number;
}

/**
 * Reads CSV (RFC 4180) piece by piece: fields in double quotes may hold commas, line ends and doubled quotes; lines end with LF or
 * CRLF; empty lines are skipped.
 */
export class CsvStream {
  #fields: string[] = [];
  #field = '';
  #state: 'start' | 'plain' | 'quoted' | 'quote' = 'start';
  #length = 0;
  #line = 1;
  #began = 1;
  #records: CsvRecord[] = [];

  /** @throws ReportBreak where a record is longer than 100,000 characters: a quote that is never closed, most often. */
  write(text: string): void {
    for (const character of text) {
      this.#length += 1;
      if (this.#length > MAX_RECORD)
        throw new ReportBreak(`the record that begins here is longer than ${MAX_RECORD} characters`, this.#began, 1);
      this.#next(character);
      if (character === '\n') this.#line += 1;
      if (this.#length === 0) this.#began = this.#line;
    }
  }

  /** @throws ReportBreak where a quote is not closed. */
  end(): void {
    if (this.#state === 'quoted')
      throw new ReportBreak('the file ends inside a field in quotes, of the record that begins here', this.#began, 1);
    if (this.#length > 0) this.#endRecord();
  }

  take(): CsvRecord[] {
    return this.#records.splice(0);
  }

  #next(character: string): void {
    if (this.#state === 'quoted') {
      if (character === '"') this.#state = 'quote';
      else this.#field += character;
    } else if (this.#state === 'quote' && character === '"') {
      this.#field += '"';
      this.#state = 'quoted';
    } else if (this.#state === 'start' && character === '"') {
      this.#state = 'quoted';
    } else if (character === ',') {
      this.#endField();
    } else if (character === '\n') {
      this.#endRecord();
    } else {
      this.#field += character;
      this.#state = 'plain';
    }
  }

  #endField(): void {
    this.#fields.push(this.#field.trim());
    this.#field = '';
    this.#state = 'start';
  }

  #endRecord(): void {
    this.#endField();
    if (this.#fields.length > 1 || this.#fields[0] !== '') this.#records.push({ fields: this.#fields, line: this.#began });
    this.#fields = [];
    this.#length = 0;
  }
}
