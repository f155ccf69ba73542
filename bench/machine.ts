import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** What a result was measured on; nothing that names a machine or its owner. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly postgres: string;
  /** How many processes waited for a core as it began, over the last minute: more than nothing disturbs. */
  readonly loadBefore: number;
}

/** @param postgres what `show server_version` says. */
export function machine(postgres: string): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1_073_741_824),
    system: `${type()} ${release().split('-')[0]}`,
    node: process.versions.node,
    postgres: postgres.split(' ')[0] as string,
    loadBefore: loadNow(),
  };
}

function loadNow(): number {
  return Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
}
