import 'reflect-metadata';
import { onInterrupt, runProgram, show } from '../load/load.main.js';
import { HELP, readOptions, type CutoverOptions } from './cutover.options.js';
import { faultsOf, moveLine, plan, progress, report } from './cutover.report.js';
import { CutoverRun } from './cutover.run.js';

const REFRESH_MS = 500;
/** Clears the line of the progress on a terminal. */
const NEW_LINE = process.stdout.isTTY ? '\r\x1b[K' : '';

async function cutover(options: CutoverOptions): Promise<number> {
  console.log(`starting ${plan(options)}`);
  const run = await CutoverRun.start(options);
  const isInterrupted = onInterrupt(
    () => console.log(report(run.figures, options)),
    () => run.close(),
  );
  // When a process has ended, the move or the end fails too, and reports it.
  const refresh = () => void run.refresh().catch(() => undefined);
  const showing = [show(() => progress(run.figures, options)), setInterval(refresh, REFRESH_MS)];
  try {
    await run.begin();
    await run.warmUp();
    for (let number = 1; number <= options.moves; number += 1) {
      const move = await run.move(number);
      console.log(`${NEW_LINE}${moveLine(move, options)}`);
      // After a failed move, the next one would measure something else.
      if (move.away.length > 0 || isInterrupted()) break;
    }
    await run.end();
  } finally {
    showing.forEach(clearInterval);
    if (!isInterrupted()) await run.close();
  }
  console.log(`${NEW_LINE}${report(run.figures, options)}`);
  return faultsOf(run.figures, options).length === 0 ? 0 : 1;
}

runProgram({ help: HELP, read: readOptions, run: cutover });
