import { Logger } from '@nestjs/common';

/** The longest shutdown in milliseconds; then the process ends anyway. */
const DEADLINE_MS = 10_000;
/** A second signal within this time is a repetition: a terminal, npm and a shell may each forward the first. */
const REPEAT_MS = 250;

/** A signal that the process has sent itself arrives within this time. */
const ARRIVAL_MS = 100;

/** The exit codes for signals, as shells define them (128 + number). */
const SIGNAL_CODES = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129 } as const;

type StopSignal = keyof typeof SIGNAL_CODES;

/**
 * Limits the framework's shutdown on SIGTERM, SIGINT and SIGHUP to 10 seconds; a second signal ends the process at once.
 */
export function limitShutdown(): void {
  let beganAt: number | undefined;
  const onSignal = (signal: StopSignal): void => {
    if (beganAt === undefined) {
      beganAt = performance.now();
      const expire = () => end(1, `unable to shut down in ${DEADLINE_MS} ms; ending the process`);
      setTimeout(expire, DEADLINE_MS).unref();
      // A signal does not keep a process alive: one that Nest sends again may find it with nothing else to do.
      process.once('beforeExit', () => setTimeout(() => undefined, ARRIVAL_MS));
      return;
    }
    // After the shutdown, Nest removes its listener and sends the signal again to end the process.
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
