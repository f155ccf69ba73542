import type { Output } from './output.ts';

/**
 * Aborts at the first SIGINT, SIGTERM or SIGHUP (a terminal that is closed). Further ones change nothing: stopping takes a
 * bounded time already, and npm passes on the Ctrl-C that the terminal has sent to us as well. Said where there is an output.
 */
export function stopSignal(output?: Output): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!controller.signal.aborted) output?.progress('Stopping …');
      controller.abort();
    });
  }
  return controller.signal;
}

/** Resolves when the signal aborts. */
export function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve());
  });
}
