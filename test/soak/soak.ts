import 'reflect-metadata';
import { ApplicationNodes } from '../restart/application.nodes.js';
import { HELP, readOptions, type SoakOptions } from './soak.options.js';
import { isClean, progress, report } from './soak.report.js';
import { SoakRun } from './soak.run.js';

/** The interval of output lines in milliseconds; on a terminal, one line is updated. */
const LIVE_MS = 500;
const LINE_MS = 15_000;

function show(line: () => string): NodeJS.Timeout {
  const { isTTY } = process.stdout;
  return setInterval(
    () => process.stdout.write(isTTY ? `\r\x1b[K${line()}` : `${line()}\n`),
    isTTY ? LIVE_MS : LINE_MS,
  );
}

async function soak(options: SoakOptions): Promise<number> {
  console.log(`starting, seed ${options.seed}`);
  const app = await ApplicationNodes.start(options.nodes);
  const run = new SoakRun(app, options);
  let interrupted = false;
  const stop = () => {
    // A second signal ends the process at once.
    if (interrupted) process.exit(130);
    interrupted = true;
    void app.close().finally(() => process.exit(130));
    console.log(`\ninterrupted\n${report(run.figures, options)}`);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const began = performance.now();
  const showing = show(() => progress(run.figures, (performance.now() - began) / 1000, options));
  try {
    await run.begin();
    await run.run(() => interrupted);
    await run.end();
  } finally {
    clearInterval(showing);
    run.close();
    if (!interrupted) await app.close();
  }
  console.log(`\n${report(run.figures, options)}`);
  return isClean(run.figures) ? 0 : 1;
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options) return soak(options);
  console.log(HELP);
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  },
);
