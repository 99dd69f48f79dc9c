import 'reflect-metadata';
import { onInterrupt, runProgram, show } from '../load/load.main.js';
import { ApplicationNodes } from '../restart/application.nodes.js';
import { HELP, readOptions, type SoakOptions } from './soak.options.js';
import { isClean, progress, report } from './soak.report.js';
import { SoakRun } from './soak.run.js';

async function soak(options: SoakOptions): Promise<number> {
  console.log(`starting, seed ${options.seed}`);
  const app = await ApplicationNodes.start(options.nodes);
  const run = new SoakRun(app, options);
  const isInterrupted = onInterrupt(
    () => console.log(report(run.figures, options)),
    () => app.close(),
  );
  const began = performance.now();
  const showing = show(() => progress(run.figures, (performance.now() - began) / 1000, options));
  try {
    await run.begin();
    await run.run(isInterrupted);
    await run.end();
  } finally {
    clearInterval(showing);
    run.close();
    if (!isInterrupted()) await app.close();
  }
  console.log(`\n${report(run.figures, options)}`);
  return isClean(run.figures) ? 0 : 1;
}

runProgram({ help: HELP, read: readOptions, run: soak });
