import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Bench, type Measured, measurement } from '../bench.ts';
import { askedBy } from '../contender.ts';
import { alternate } from '../measurement.ts';
import { endingWithUs, ready, stop } from '../served.ts';
import { CLIENTS } from './throughput.ts';

/** What the clients themselves could ask at most: of a server that answers everything with the same 4 kB. */
export async function measureClients({ load, data, workloads, seconds, say }: Bench): Promise<Measured> {
  const child = endingWithUs(
    spawn(process.execPath, [fileURLToPath(new URL('../load/trivial-server.ts', import.meta.url))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  try {
    const url = `${await ready(child)}/graphql`;
    const documents = { point: '{ trivial }', list: '', dashboard: '', update: '' };
    const scripts = (await workloads.of('w1', documents)).map((script) => ({ ...script, expect: 'padding' }));
    await load.prepare('trivial', scripts);
    const pid = child.pid as number;
    // It has no database: its own children are none.
    const server = { name: 'trivial server', url, origin: url, pid, databasePid: pid, documents, stop: () => stop(child) };
    const contender = askedBy(load, server, { scripts: 'trivial', clients: CLIENTS, seconds });
    const rounds = await alternate([contender], 1, (text) => say(`the clients' own ceiling, ${text}`));
    return { clients: measurement({ clients: CLIENTS, 'seconds a run': seconds, organizations: data.organizations.length }, rounds) };
  } finally {
    await stop(child);
  }
}
