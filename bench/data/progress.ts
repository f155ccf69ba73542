/** How far a step of many parts has come, on standard error: a bar on a terminal, a line every few seconds elsewhere. */
export interface Progress {
  add(count: number): void;
  /** The last line, with the time that it took. */
  end(): void;
}

const EVERY_MS = { terminal: 100, other: 5_000 };
const BAR = 30;

/** Begins a step: so many parts, called for example `rows`. */
export function startProgress(what: string, total: number, unit: string): Progress {
  const began = performance.now();
  const isTerminal = process.stderr.isTTY === true;
  let done = 0;
  let written = isTerminal ? Number.NEGATIVE_INFINITY : began;
  const line = (now: number) => {
    const seconds = Math.max(0.001, (now - began) / 1_000);
    const part = total === 0 ? 1 : Math.min(1, done / total);
    const left = part === 0 ? '?' : timeOf((seconds * (1 - part)) / part);
    const bar = isTerminal ? ` [${'#'.repeat(Math.round(part * BAR)).padEnd(BAR, '.')}]` : '';
    return `${what}${bar} ${Math.floor(part * 100)} %, ${numberOf(done)} of ${numberOf(total)} ${unit}, ${numberOf(done / seconds)}/s, ${left} left`;
  };
  return {
    add(count) {
      done += count;
      const now = performance.now();
      if (now - written < (isTerminal ? EVERY_MS.terminal : EVERY_MS.other)) return;
      written = now;
      process.stderr.write(isTerminal ? `\r\x1b[K${line(now)}` : `${line(now)}\n`);
    },
    end() {
      const seconds = (performance.now() - began) / 1_000;
      const text = `${what}: ${numberOf(done)} ${unit} in ${timeOf(seconds)}, ${numberOf(done / Math.max(0.001, seconds))}/s`;
      process.stderr.write(`${isTerminal ? '\r\x1b[K' : ''}${text}\n`);
    },
  };
}

function numberOf(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function timeOf(seconds: number): string {
  return seconds < 100 ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
