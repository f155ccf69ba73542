import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Loaded into a server's process before it: on SIGUSR2 it says how many milliseconds its one thread has worked since it
 * was last asked; on SIGWINCH how many MB of memory are in use that cannot be freed.
 */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
let before = process.threadCpuUsage();
process.on('SIGUSR2', () => {
  const { user, system } = process.threadCpuUsage(before);
  process.stderr.write(`worked ${((user + system) / 1e3).toFixed(1)}\n`);
  before = process.threadCpuUsage();
});
process.on('SIGWINCH', () => {
  collectGarbage();
  process.stderr.write(`heap ${Math.round(process.memoryUsage().heapUsed / 1e6)}\n`);
});
