import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadSigningKey } from '../../src/auth/signing-key.ts';
import { mintToken } from '../../src/auth/tokens.ts';
import type { BaseRole, Principal } from '../../src/database/identity.ts';
import { nameOf } from './identity.ts';
import { makeDataSet } from './make.ts';
import { type DataServer, startDataServer } from './server.ts';

/** An organization of a data set. */
export interface DataOrganization {
  readonly id: string;
  readonly slug: string;
  /** The schema that its rows live in: `app`, or one of its own. */
  readonly home: string;
  /** Its part of all defects; those of all organizations add up to 1. */
  readonly weight: number;
  /** How many defects it has. */
  readonly defects: number;
  /** One of each role, a person (`ci` is none, and works for every project), as tokens are made from. */
  readonly principals: Readonly<Record<BaseRole, Principal>>;
  /** Some of its defects, of every age and project: at most 200. */
  readonly sampleDefectIds: readonly string[];
  readonly projects: readonly { readonly id: string; readonly slug: string }[];
}

/** A database with generated data that is running, and what is needed to serve it. */
export interface DataSet {
  /** As the API's login `app_user`. */
  readonly apiUrl: string;
  /** As a superuser. */
  readonly operatorUrl: string;
  /** As the login of background jobs. */
  readonly workerUrl: string;
  /** Where it lies, with its keys. */
  readonly directory: string;
  /** How many defects there are. */
  readonly defects: number;
  /** What `defectxray serve`, and a peer, needs in its environment to serve it: DATABASE_URL and where the keys are. */
  readonly environment: Readonly<Record<string, string>>;
  /** The largest first. */
  readonly organizations: readonly DataOrganization[];
  /** A token as the product makes it, which every peer accepts as well; holds for a day. */
  token(principal: Principal): Promise<string>;
  stop(): Promise<void>;
}

/** What is kept beside a database once it is whole. */
export interface Contents {
  /** In ISO 8601. */
  readonly madeAt: string;
  readonly defects: number;
  readonly organizations: readonly DataOrganization[];
}

export const CONTENTS_FILE = 'contents.json';
const DAY_S = 24 * 60 * 60;
/** Dashboards show the last 30 days: data that is older than this would show too little in them. */
const KEPT_MS = 7 * DAY_S * 1_000;

/**
 * Starts the database with so many defects. It is made where it is not there whole, where it is older than a week, or where
 * migrations or generator are others than it was made with; progress goes to standard error.
 *
 * @param directory where data sets are kept, each in a directory of its own.
 * @throws EmbeddedServerError where another process has it open.
 */
export async function openDataSet(defects: number, directory = new URL('../.data', import.meta.url).pathname): Promise<DataSet> {
  const place = join(resolve(directory), nameOf(defects));
  if (!isWhole(place)) await makeDataSet(defects, place);
  const contents = JSON.parse(readFileSync(join(place, CONTENTS_FILE), 'utf8')) as Contents;
  return describe(await startDataServer(place), place, contents);
}

function isWhole(place: string): boolean {
  const file = join(place, CONTENTS_FILE);
  if (!existsSync(file)) return false;
  return Date.now() - Date.parse((JSON.parse(readFileSync(file, 'utf8')) as Contents).madeAt) < KEPT_MS;
}

async function describe(server: DataServer, directory: string, { defects, organizations }: Contents): Promise<DataSet> {
  const key = await loadSigningKey({ DATA_DIR: directory, JWT_PRIVATE_KEY: undefined });
  return {
    ...server,
    directory,
    defects,
    organizations,
    environment: { DATA_DIR: directory, DATABASE_URL: server.apiUrl },
    token: (principal) => mintToken({ key, issuer: 'defectxray', audience: 'defectxray' }, principal, DAY_S),
  };
}
