import { type JsonHandler, type JsonScalar, JsonStream } from '../json-stream.ts';
import { JsonObject, type JsonValue } from '../json-value.ts';
import type { Note } from '../report-parser.ts';
import { type Sighting, type SightingDefaults, SightingError, sightingOf, type ThreatLevel, timeOf } from './sighting.ts';
import { parseStixPattern } from './stix-pattern.ts';

const WANTED = new Set(['type', 'pattern', 'pattern_type', 'valid_from', 'modified', 'confidence', 'revoked', 'indicator_types']);
/** By the vocabulary `indicator-type-ov`; what is not in it says nothing. */
const LEVELS: readonly (readonly [type: string, level: ThreatLevel])[] = [
  ['malicious-activity', 'HIGH'],
  ['compromised', 'HIGH'],
  ['attribution', 'HIGH'],
  ['anomalous-activity', 'MEDIUM'],
  ['anonymization', 'MEDIUM'],
  ['benign', 'LOW'],
];

/** Reads a STIX 2.1 bundle, object by object: a JSON object whose array `objects` holds the indicators among others. */
export class StixBundle implements JsonHandler {
  readonly #json = new JsonStream(this);
  readonly #defaults: SightingDefaults;
  readonly #note: Note;
  #depth = 0;
  #key = '';
  #isInObjects = false;
  #hasObjects = false;
  #object: JsonObject | null = null;
  #at: [line: number, column: number] = [1, 1];
  #sightings: Sighting[] = [];

  constructor(defaults: SightingDefaults, note: Note) {
    this.#defaults = defaults;
    this.#note = note;
  }

  write(text: string): void {
    this.#json.write(text);
  }

  end(): void {
    this.#json.end();
    if (!this.#hasObjects) this.#json.fail('not a STIX bundle: it has no array objects');
  }

  take(): Sighting[] {
    return this.#sightings.splice(0);
  }

  open(kind: 'object' | 'array'): void {
    if (this.#object !== null) {
      this.#object.open(kind);
      return;
    }
    if (this.#depth === 0 && kind === 'array') this.#json.fail('not a STIX bundle: it is an array, not an object');
    if (this.#depth === 1 && kind === 'array' && this.#key === 'objects') {
      this.#isInObjects = true;
      this.#hasObjects = true;
    }
    if (this.#depth === 2 && kind === 'object' && this.#isInObjects) {
      this.#object = new JsonObject(WANTED, new Set());
      this.#at = this.#json.position;
      return;
    }
    this.#depth += 1;
  }

  key(name: string): void {
    if (this.#object !== null) this.#object.key(name);
    else this.#key = name;
  }

  value(value: JsonScalar): void {
    if (this.#object !== null) this.#object.scalar(value);
    else if (this.#depth === 0) this.#json.fail('not a STIX bundle: it is no object');
  }

  close(): void {
    if (this.#object !== null) {
      if (!this.#object.close()) return;
      this.#add(this.#object.value);
      this.#object = null;
      return;
    }
    this.#depth -= 1;
    if (this.#depth === 1) this.#isInObjects = false;
  }

  #add(object: { readonly [key: string]: JsonValue }): void {
    if (object.type !== 'indicator') return;
    try {
      if (object.revoked === true) throw new SightingError('it is revoked');
      if (typeof object.pattern !== 'string') throw new SightingError('it has no pattern');
      if ((object.pattern_type ?? 'stix') !== 'stix')
        throw new SightingError(`its pattern is written in ${String(object.pattern_type).slice(0, 40)}`);
      const firstSeen = timeOf(object.valid_from, 'it is valid from');
      const changed = object.modified === undefined ? firstSeen : timeOf(object.modified, 'it was modified');
      const { level, source, confidence } = this.#defaults;
      this.#sightings.push(
        sightingOf({
          ...parseStixPattern(object.pattern),
          level: levelOf(object.indicator_types) ?? level,
          source,
          confidence: typeof object.confidence === 'number' ? object.confidence : confidence,
          firstSeen: object.valid_from,
          lastSeen: changed > firstSeen ? object.modified : object.valid_from,
        }),
      );
    } catch (error) {
      if (!(error instanceof SightingError)) throw error;
      this.#note(...this.#at, `an indicator is left out: ${error.message}`);
    }
  }
}

/** The worst that the types of an indicator say; null where they say nothing. */
function levelOf(types: JsonValue | undefined): ThreatLevel | null {
  if (!Array.isArray(types)) return null;
  return LEVELS.find(([type]) => types.includes(type))?.[1] ?? null;
}
