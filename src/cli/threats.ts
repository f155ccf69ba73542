import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Credential } from '../agent/credential.ts';
import { many, printable } from '../agent/printable.ts';
import { Deadline, withRetries } from '../agent/retry.ts';
import { type Destination, SendError, sendMutation } from '../agent/send-mutation.ts';
import { serverAddress } from '../agent/server-address.ts';
import { readThreats, type ThreatFormat } from '../ingest/threats/read-threats.ts';
import type { Sighting, ThreatLevel } from '../ingest/threats/sighting.ts';
import { CommandError, type Output, progressBar } from './output.ts';

export interface ThreatsOptions {
  readonly format: ThreatFormat | 'auto';
  readonly source?: string;
  readonly level: ThreatLevel;
  readonly confidence: number;
  readonly server: string;
  readonly token?: string;
  readonly strict?: boolean;
}

/** Of one request: well below the 10,000 indicators and the megabyte that the server takes. */
const BATCH_SIGHTINGS = 2_500;
const BATCH_BYTES = 750_000;
const PATIENCE_MS = 3_600_000;
const MAX_NOTES = 20;

const MUTATION = `mutation ImportThreatIndicators($indicators: [ThreatIndicatorSighting!]!) {
  importThreatIndicators(input: { indicators: $indicators }) { created updated unchanged }
}`;

interface Counts {
  created: number;
  updated: number;
  unchanged: number;
}

/**
 * Imports a feed of threat indicators in batches, each of which is stored whole or not at all. It can be run again after whatever
 * ended it: what is there already is unchanged.
 *
 * @throws CommandError where the server does not take it, with what was stored until then; with exit code 2 where it is strict and an
 * indicator was left out.
 */
export async function importThreats(output: Output, file: string, options: ThreatsOptions): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile()) throw new CommandError(`There is no file ${file}.`);
  const destination: Destination = { server: serverAddress(options.server), organization: null };
  const send = sender(destination, options, output);
  const problems: string[] = [];
  let leftOut = 0;
  const note = (line: number, column: number, message: string) => {
    leftOut += 1;
    if (leftOut <= MAX_NOTES) problems.push(printable(`${file}:${line}:${column}: ${message}`));
  };

  let read = 0;
  const chunks = async function* () {
    for await (const chunk of createReadStream(file)) {
      read += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  };
  const progress = progressBar(output, 'Bytes imported');
  const counts: Counts = { created: 0, updated: 0, unchanged: 0 };
  const defaults = { level: options.level, source: options.source ?? basename(file), confidence: options.confidence };
  try {
    for await (const batch of batches(readThreats(chunks(), note, defaults, options.format))) {
      const answer = await send(batch);
      counts.created += answer.created;
      counts.updated += answer.updated;
      counts.unchanged += answer.unchanged;
      progress(read, found.size);
    }
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    throw new CommandError(`The import ended after ${sentence(counts)}: ${error.message} Run it again: what is stored stays as it is.`);
  }

  for (const problem of problems) output.progress(problem);
  if (leftOut > MAX_NOTES) output.progress(`and ${leftOut - MAX_NOTES} more like these.`);
  output.result(`${sentence(counts)}${leftOut === 0 ? '' : `; ${many(leftOut, 'problem')}`}.`, {
    ...counts,
    problems,
    problemCount: leftOut,
  });
  if (options.strict === true && leftOut > 0) throw new CommandError(`${many(leftOut, 'problem')}, and --strict asks for none.`, 2);
}

function sentence({ created, updated, unchanged }: Counts): string {
  return `${created} created, ${updated} updated, ${unchanged} unchanged`;
}

/** Sightings as the JSON arrays that are sent. */
async function* batches(sightings: AsyncIterable<Sighting>): AsyncGenerator<string> {
  let batch: string[] = [];
  let bytes = 0;
  for await (const sighting of sightings) {
    const json = JSON.stringify(sighting);
    const length = Buffer.byteLength(json) + 1;
    if (batch.length >= BATCH_SIGHTINGS || bytes + length > BATCH_BYTES) {
      yield `[${batch.join(',')}]`;
      batch = [];
      bytes = 0;
    }
    batch.push(json);
    bytes += length;
  }
  if (batch.length > 0) yield `[${batch.join(',')}]`;
}

/** Sends one batch, again where what failed is passing. */
function sender(destination: Destination, options: ThreatsOptions, output: Output): (batch: string) => Promise<Counts> {
  let credential: Credential;
  try {
    credential = Credential.find({
      token: options.token ?? null,
      audience: destination.server.origin,
      serviceConnection: null,
      // An administrator's: no CI's own token is one.
      variable: () => null,
    });
  } catch (error) {
    throw new CommandError((error as Error).message);
  }
  const deadline = new Deadline(PATIENCE_MS);
  const onWait = (error: SendError, waitMs: number) =>
    output.progress(printable(`${error.message} Trying again in ${Math.max(1, Math.round(waitMs / 1_000))} s …`));
  return (batch) => {
    const body = Buffer.from(`{"query":${JSON.stringify(MUTATION)},"variables":{"indicators":${batch}}}`);
    return withRetries(
      async (patienceMs) =>
        sendMutation(
          destination,
          await credential.token(),
          body,
          (data: { readonly importThreatIndicators?: Counts }) => data.importThreatIndicators,
          patienceMs,
        ),
      { deadline, onWait },
    );
  };
}
