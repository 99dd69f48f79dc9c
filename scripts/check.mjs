import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STEPS } from './check/step.list.mjs';
import { reportSteps } from './check/step.report.mjs';
import { CACHE } from './process/project.mjs';

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
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
async function check(args) {
  if (args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const outcomes = await reportSteps(selectSteps(args), { write: args.includes('--write') });
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
