/** This thread's own work so far, in milliseconds. */
function milliseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** How long this thread works until something is done, in milliseconds. */
export async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const began = milliseconds();
  await work();
  return milliseconds() - began;
}

/**
 * Watches the event loop: what it gives ends the watch and says the longest single turn, in milliseconds of this thread's
 * own work. The wall clock would count what other processes do with the machine.
 */
export function watchEventLoop(): () => number {
  let longest = 0;
  let last = milliseconds();
  let next: NodeJS.Immediate;
  const turn = () => {
    const now = milliseconds();
    longest = Math.max(longest, now - last);
    last = now;
    next = setImmediate(turn);
  };
  next = setImmediate(turn);
  return () => {
    turn();
    clearImmediate(next);
    return longest;
  };
}
