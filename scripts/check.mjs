import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dependencies, format, lint, types, unused } from './check/command.steps.mjs';
import { packages } from './check/package.step.mjs';
import { picture } from './check/picture.step.mjs';
import { bundle, sizes } from './check/size.steps.mjs';
import { coverage, tests } from './check/test.steps.mjs';
import { CACHE } from './process/project.mjs';

/** @typedef {import('./check/step.mjs').Step} Step */

/** @type {readonly Step[]} */
const STEPS = [format, lint, types, dependencies, picture, unused, packages, tests, coverage, bundle, sizes];

const HELP = `npm run check [-- [--fast] [--write] [step …]]   runs all or the named steps and reports every failure

${STEPS.map(({ name, about }) => `  ${name.padEnd(9)} ${about}`).join('\n')}

  --fast    skips the tests and the steps that need them
  --write   draws the pictures again (step picture)
  --help    shows this help`;

const OPTIONS = ['--fast', '--write'];

/**
 * Selects the steps named by the arguments.
 *
 * @param {readonly string[]} args
 */
function selectSteps(args) {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = [
    ...args.filter((arg) => arg.startsWith('--') && !OPTIONS.includes(arg)),
    ...names.filter((name) => !STEPS.some((step) => step.name === name)),
  ];
  if (unknown.length) throw new Error(`unable to run ${unknown.join(', ')}; see npm run check -- --help`);
  const steps = names.length ? STEPS.filter(({ name }) => names.includes(name)) : STEPS;
  return args.includes('--fast') ? steps.filter(({ slow }) => !slow) : steps;
}

/**
 * @param {Step} step
 * @param {import('./check/step.mjs').StepOptions} options
 */
async function report(step, options) {
  console.log(`\n▸ ${step.name}: ${step.about}`);
  const began = performance.now();
  let passed = false;
  try {
    passed = await step.run(options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  console.log(`${passed ? '✔' : '✘'} ${step.name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return { name: step.name, passed };
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
async function check(args) {
  if (args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const outcomes = [];
  const write = args.includes('--write');
  for (const step of selectSteps(args)) outcomes.push(await report(step, { write }));
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, 'check.json'), JSON.stringify(outcomes));
  const failed = outcomes.filter(({ passed }) => !passed).map(({ name }) => name);
  console.log(failed.length ? `\nfailed: ${failed.join(', ')}` : `\nall ${outcomes.length} steps passed`);
  return failed.length ? 1 : 0;
}

try {
  process.exitCode = await check(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
