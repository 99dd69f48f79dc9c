import { checkUnchanged, confirmPromotion } from '../change/confirmation.mjs';
import { makeChange } from '../change/stage.change.mjs';
import { promotionOf } from '../change/promotion.mjs';
import { Session } from '../session/session.mjs';
import { limitsOf } from '../stage/stage.text.mjs';
import { percentOption, stageOption, withChange, withExamples, withWait } from './command.options.mjs';

/** @typedef {import('commander').Command} Command */
/** @typedef {import('@switchyard/contract').Stage} Stage */
/**
 * @typedef {object} PromoteOptions
 * @property {Stage} [to]
 * @property {number} [percent]
 * @property {string} reason
 * @property {boolean} [force]
 * @property {boolean} [yes]
 * @property {string} [confirm]
 * @property {string} [as]
 * @property {boolean} [json]
 * @property {boolean} wait
 */

/** @param {string} service @param {PromoteOptions} options */
export async function promote(service, options) {
  const session = new Session(options);
  const from = await session.api.service(service);
  const target = promotionOf(from, options);
  for (const limit of limitsOf(from, target)) session.out.note(limit);
  await confirmPromotion(from, target, options);
  await checkUnchanged(session.api, from, `promote ${from.service}`);
  const { reason, force, wait } = options;
  await makeChange(session, from, { ...target, reason, ...(force && { force }) }, { wait });
}

/** @param {Command} program */
export function addPromote(program) {
  const command = program
    .command('promote')
    .description('move a service forward: one stage, or to a larger share of a canary')
    .argument('<service>')
    .addOption(stageOption('the stage to move to (default: the next one; for retired see switchyard retire)'))
    .addOption(percentOption('share of a canary; alone it changes the share of a service that is one'))
    .option('-y, --yes', 'do not ask; a script needs it')
    .option('--confirm <service>', 'with --to retired: retire the service of that name without a question')
    .option('--force', 'skip stages');
  withExamples(withWait(withChange(command)), [
    'promote tasks --reason "compare both wires"',
    'promote tasks --to canary --percent 5 --reason "first users"',
    'promote tasks --percent 20 --reason "no complaints" --yes',
  ]).action(promote);
}
