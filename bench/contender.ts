import type { Load } from './load/load.ts';
import type { Contender, Figures } from './measurement.ts';
import { childrenCpuSeconds, cpuSeconds, residentMb } from './processes.ts';
import type { Server } from './servers.ts';

/**
 * How long the round that nobody counts takes at least, in seconds: each connection plans a statement anew five times, for each role
 * that asks it, before PostgreSQL keeps a plan.
 */
const WARM_UP_S = 2.5;

/** How clients are let loose on a server. */
export interface Ask {
  /** What was prepared for it. */
  readonly scripts: string;
  readonly clients: number;
  readonly seconds: number;
  /** Each script once only, over all rounds. */
  readonly once?: boolean;
}

/** A server as something that can be run in turn with others: what clients saw of it, what it and the
 * database took of the processors, and what it holds in memory. */
export function askedBy(load: Load, server: Server, { scripts, clients, seconds, once = false }: Ask): Contender {
  let from = 0;
  return {
    name: server.name,
    async run(round): Promise<Figures> {
      const cpu = [cpuSeconds(server.pid), childrenCpuSeconds(server.databasePid)] as const;
      const { figures, next, answers } = await load.run(scripts, {
        url: server.url,
        clients,
        seconds: round < 0 ? Math.max(seconds, WARM_UP_S) : seconds,
        from,
        once,
      });
      // The next round goes on with what was not asked yet.
      from = next;
      const cpuMs = ((cpuSeconds(server.pid) - cpu[0]) * 1_000) / answers;
      const databaseCpuMs = ((childrenCpuSeconds(server.databasePid) - cpu[1]) * 1_000) / answers;
      return { ...figures, answers, cpuMs, databaseCpuMs, residentMb: residentMb(server.pid) };
    },
  };
}
