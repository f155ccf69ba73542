import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts the time of processes in hundredths of a second (USER_HZ), on all its architectures. */
const TICKS_PER_SECOND = 100;

/** Where the numbers that are used here stand in `/proc/<pid>/stat`, after the name. */
const FIELD = { parent: 1, user: 11, system: 12, childrenUser: 13, childrenSystem: 14 } as const;

/** How long a process has had a core, in seconds. */
export function cpuSeconds(pid: number): number {
  return timeOf(pid, 'user', 'system');
}

/** How long the children of a process have had a core, those that have ended too, in seconds: PostgreSQL's, of its first process. */
export function childrenCpuSeconds(pid: number): number {
  let seconds = timeOf(pid, 'childrenUser', 'childrenSystem');
  for (const child of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (parentOf(Number(child)) === pid) seconds += cpuSeconds(Number(child));
    } catch {
      // It has ended since the list was read.
    }
  }
  return seconds;
}

/** The process that started a process. */
export function parentOf(pid: number): number {
  return Number(fieldsOf(pid)[FIELD.parent]);
}

function timeOf(pid: number, ...fields: (keyof typeof FIELD)[]): number {
  const values = fieldsOf(pid);
  return fields.reduce((sum, field) => sum + Number(values[FIELD[field]]), 0) / TICKS_PER_SECOND;
}

function fieldsOf(pid: number): string[] {
  // The name, in parentheses, may hold anything; after it come the fields from the third on.
  return (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) as string).split(' ');
}

/** What a process holds in memory now, in MB (2^20 bytes). */
export const residentMb = (pid: number) => statusMb(pid, 'VmRSS');

/** The most that it has held so far. */
export const peakMb = (pid: number) => statusMb(pid, 'VmHWM');

function statusMb(pid: number, field: string): number {
  const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error(`Process ${pid} has ended.`);
  return Number(kilobytes) / 1_024;
}
