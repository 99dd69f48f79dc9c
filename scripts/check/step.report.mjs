import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { ROOT } from '../process/project.mjs';
import { runNode } from '../process/run.mjs';

/** @typedef {import('./step.mjs').Step} Step */
/** @typedef {import('./step.mjs').StepOptions} StepOptions */
/** @typedef {{ name: string, passed: boolean }} Outcome */

const CHILD = join(ROOT, 'scripts/check/step.child.mjs');

/**
 * Runs the steps and reports each; the slow ones need the whole machine and run alone, after the others.
 *
 * @param {readonly Step[]} steps
 * @param {StepOptions} options
 * @returns {Promise<readonly Outcome[]>}
 */
export async function reportSteps(steps, options) {
  const quick = steps.filter(({ slow }) => !slow);
  const outcomes = quick.length > 1 ? await reportSideBySide(quick, options) : await reportInTurn(quick, options);
  return [
    ...outcomes,
    ...(await reportInTurn(
      steps.filter(({ slow }) => slow),
      options,
    )),
  ];
}

/**
 * Runs each step in a process of its own, one for each processor, and shows its output when it has ended.
 *
 * @param {readonly Step[]} steps
 * @param {StepOptions} options
 */
async function reportSideBySide(steps, { write }) {
  const queue = new PQueue({ concurrency: availableParallelism() });
  return Promise.all(
    steps.map((step) =>
      queue.add(async () => {
        const began = performance.now();
        const args = [CHILD, step.name, ...(write ? ['--write'] : [])];
        const { code, output } = await runNode(args, { capture: true });
        begin(step);
        process.stdout.write(output);
        return end(step, code === 0, began);
      }),
    ),
  );
}

/**
 * @param {readonly Step[]} steps
 * @param {StepOptions} options
 */
async function reportInTurn(steps, options) {
  const outcomes = [];
  for (const step of steps) {
    const began = performance.now();
    begin(step);
    let passed = false;
    try {
      passed = await step.run(options);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
    }
    outcomes.push(end(step, passed, began));
  }
  return outcomes;
}

/** @param {Step} step */
const begin = ({ name, about }) => console.log(`\n▸ ${name}: ${about}`);

/**
 * @param {Step} step
 * @param {boolean} passed
 * @param {number} began
 */
function end({ name }, passed, began) {
  console.log(`${passed ? '✔' : '✘'} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return { name, passed };
}
