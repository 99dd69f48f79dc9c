import { Logger } from '@nestjs/common';

/** How long a shutdown may take before the process ends anyway, in ms. */
const DEADLINE_MS = 10_000;
/** Within this time a second signal is the first one again: a terminal, npm and a shell may each pass it on. */
const REPEAT_MS = 250;

/** What exit codes of signals begin at, as shells count them. */
const SIGNAL_CODES = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129 } as const;

type StopSignal = keyof typeof SIGNAL_CODES;

/**
 * Bounds the shutdown that the framework begins at SIGTERM, SIGINT and SIGHUP: it may take 10 s, and a second signal ends
 * it at once.
 */
export function boundShutdown(): void {
  let beganAt: number | undefined;
  const onSignal = (signal: StopSignal): void => {
    if (beganAt === undefined) {
      beganAt = performance.now();
      const expire = () => end(1, `unable to shut down in ${DEADLINE_MS} ms; ending the process`);
      setTimeout(expire, DEADLINE_MS).unref();
      return;
    }
    // Nest stops listening when the shutdown is complete, and then ends the process by sending the signal again.
    if (process.listenerCount(signal) === 1) {
      process.off(signal, onSignal);
      process.kill(process.pid, signal);
      return;
    }
    if (performance.now() - beganAt < REPEAT_MS) return;
    end(SIGNAL_CODES[signal], `received ${signal} again; ending the process without waiting`);
  };
  for (const signal of Object.keys(SIGNAL_CODES) as StopSignal[]) process.on(signal, onSignal);
}

function end(code: number, reason: string): void {
  new Logger('process').error(reason);
  process.exit(code);
}
