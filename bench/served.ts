import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Serves an embedded database of its own, on a free port, without limits that a measurement would meet. */
export function serve(directory: string, environment: Record<string, string> = {}): ChildProcess {
  const main = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
  const child = spawn(process.execPath, [main, '--json', 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      DATA_DIR: directory,
      PORT: '0',
      RATE_LIMIT_PER_MINUTE: '1000000',
      ANONYMOUS_RATE_LIMIT_PER_MINUTE: '1000000',
      SIGN_IN_ATTEMPTS_PER_ADDRESS: '100000',
      ...environment,
    },
  });
  return endingWithUs(child);
}

/** A program that is told to stop when this one ends, however it does. */
export function endingWithUs(child: ChildProcess): ChildProcess {
  const end = () => void child.kill('SIGTERM');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  return child;
}

/** The address at which it is ready. */
export function ready(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (text) => {
      said += text;
      const url = /(?:ready at |"url":")(http:[^\s"]+)/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', () => reject(new Error('The server ended before it was ready.')));
  });
}

export async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
}
