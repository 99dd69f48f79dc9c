import { STEPS } from './step.list.mjs';

// Runs the step that the first argument names; the exit code is 0 only if it passed.
const [name, ...args] = process.argv.slice(2);
process.exitCode = 1;
try {
  const step = STEPS.find((known) => known.name === name);
  if (await step?.run({ write: args.includes('--write') })) process.exitCode = 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
}
