import { returnOf } from '../change/return.mjs';
import { makeChange } from '../change/stage.change.mjs';
import { Session } from '../session/session.mjs';
import { limitsOf } from '../stage/stage.text.mjs';
import { percentOption, stageOption, withChange, withExamples, withWait } from './command.options.mjs';

/** @typedef {import('commander').Command} Command */
/** @typedef {import('@switchyard/contract').Stage} Stage */

/** @param {string} service @param {{ to?: Stage, percent?: number, reason: string, as?: string, json?: boolean, wait: boolean }} options */
async function rollBack(service, options) {
  const session = new Session(options);
  const from = await session.api.service(service);
  const { note, ...target } = await returnOf(session.api, from, options);
  if (note !== undefined) session.out.note(note);
  for (const limit of limitsOf(from, target)) session.out.note(limit);
  await makeChange(session, from, { ...target, reason: options.reason }, options);
}

/** @param {Command} program */
export function addRollback(program) {
  const command = program
    .command('rollback')
    .description('move a service back at once, without a question: one stage, or to an earlier one')
    .argument('<service>')
    .addOption(stageOption('the stage to go back to (default: the one before)'))
    .addOption(percentOption('share of the canary to go back to (default: the one it had)'));
  withExamples(withWait(withChange(command)), [
    'rollback tasks --reason "errors on the new wire"',
    'rollback tasks --to legacy --reason "everybody off the new wire"',
    'rollback tasks --percent 5 --reason "slower than before"',
  ]).action(rollBack);
}
