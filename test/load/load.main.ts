/** The interval of output lines in milliseconds; on a terminal, one line is updated. */
const LIVE_MS = 500;
const LINE_MS = 15_000;

/** A program that loads a server and counts. */
export interface LoadProgram<O> {
  help: string;
  /** Parses the arguments; undefined for help. @throws Error with the invalid argument */
  read(args: readonly string[]): O | undefined;
  /** Runs to the end; resolves to the exit code. */
  run(options: O): Promise<number>;
}

/** Runs a program with the arguments of this process and ends the process: 2 when it cannot begin or go on. */
export function runProgram<O>({ help, read, run }: LoadProgram<O>): void {
  const main = async (): Promise<number> => {
    const options = read(process.argv.slice(2));
    if (options) return run(options);
    console.log(help);
    return 0;
  };
  main().then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exit(2);
    },
  );
}

/** Shows a line again and again until the returned timer is cleared. */
export function show(line: () => string): NodeJS.Timeout {
  const { isTTY } = process.stdout;
  return setInterval(
    () => process.stdout.write(isTTY ? `\r\x1b[K${line()}` : `${line()}\n`),
    isTTY ? LIVE_MS : LINE_MS,
  );
}

/**
 * Reports and closes at the first signal, then ends the process; a second signal ends it at once.
 *
 * @returns whether there was a signal
 */
export function onInterrupt(report: () => void, close: () => Promise<void>): () => boolean {
  let interrupted = false;
  const stop = () => {
    if (interrupted) process.exit(130);
    interrupted = true;
    void close().finally(() => process.exit(130));
    console.log('\ninterrupted');
    report();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return () => interrupted;
}
