import { existsSync, globSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stopOrphans } from '../../src/database/embedded-owner.ts';

/** With results, occurrences and indexes, as measured; and what a database has without any. */
const BYTES_A_DEFECT = 14_000;
const OVERHEAD_BYTES = 3 * 2 ** 30;
/**
 * Makes an empty directory for so many defects, and removes data of this size that is out of date and not in use.
 *
 * @throws Error where the disk has too little room.
 */
export async function preparePlace(defects: number, place: string): Promise<void> {
  await removeOthers(defects, place);
  mkdirSync(place, { recursive: true, mode: 0o711 });
  refuseWithoutRoom(defects, place);
}

/** What an interrupted making has left goes as well. */
async function removeOthers(defects: number, place: string): Promise<void> {
  await stopOrphans(join(place, 'postgres'));
  for (const other of globSync(join(dirname(place), `${defects}-*`))) {
    if (other === place || !existsSync(join(other, 'postgres', 'postmaster.pid'))) rmSync(other, { recursive: true, force: true });
  }
}

function refuseWithoutRoom(defects: number, place: string): void {
  const { bavail, bsize } = statfsSync(place);
  const [free, needed] = [bavail * bsize, OVERHEAD_BYTES + defects * BYTES_A_DEFECT];
  if (free >= needed) return;
  rmSync(place, { recursive: true });
  const gigabytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 30)} GB`;
  throw new Error(
    `${defects.toLocaleString('en')} defects take about ${gigabytes(needed)}, and ${dirname(place)} has ${gigabytes(free)} left: make fewer, or use another directory.`,
  );
}
