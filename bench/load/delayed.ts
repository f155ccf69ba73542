import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { median } from '../statistics.ts';

/** A way to a database that takes longer. */
export interface DelayedDatabase {
  /** The connection string, through the delay. */
  readonly url: string;
  /** How often clients sent something and waited since this was asked last. */
  flights(): Promise<number>;
  stop(): void;
}

/**
 * Leads to where a connection string leads, `roundTripMs` further away: half of it each way.
 *
 * @param url of a database on this machine, spoken to without TLS.
 */
export async function delayedDatabase(url: string, roundTripMs: number): Promise<DelayedDatabase> {
  const target = new URL(url);
  const proxy = await startProxy(target.hostname, Number(target.port || 5432), roundTripMs / 2);
  target.host = `127.0.0.1:${proxy.port}`;
  return {
    url: target.toString(),
    flights: () =>
      new Promise((resolve) => {
        proxy.child.once('message', (count) => resolve(count as number));
        proxy.child.send('flights');
      }),
    stop: () => proxy.child.disconnect(),
  };
}

/** What a round trip really takes through the delay and without it, medians of `times` echoes, in milliseconds. */
export async function measureDelay(roundTripMs: number, times: number): Promise<{ delayedMs: number; directMs: number }> {
  const echo = createServer({ noDelay: true }, (socket) => void socket.pipe(socket));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const { port } = echo.address() as { port: number };
  const proxy = await startProxy('127.0.0.1', port, roundTripMs / 2);
  try {
    return { delayedMs: await echoes(proxy.port, times), directMs: await echoes(port, times) };
  } finally {
    proxy.child.disconnect();
    echo.close();
  }
}

async function echoes(port: number, times: number): Promise<number> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const taken: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const began = performance.now();
    await echoed(socket);
    taken.push(performance.now() - began);
  }
  socket.destroy();
  return median(taken);
}

function echoed(socket: Socket): Promise<unknown> {
  const answered = once(socket, 'data');
  socket.write('x');
  return answered;
}

async function startProxy(host: string, port: number, delayMs: number): Promise<{ child: ChildProcess; port: number }> {
  const file = fileURLToPath(new URL('delay-proxy.ts', import.meta.url));
  const child = fork(file, [host, String(port), String(delayMs)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').once('data', (text: string) => resolve(text.trim().replace('ready at ', '')));
    child.once('exit', () => reject(new Error('The delaying proxy ended before it listened.')));
  });
  return { child, port: Number(new URL(address).port) };
}
