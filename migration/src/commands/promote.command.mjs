import { makeChange } from '../change/stage.change.mjs';
import { promotionOf } from '../change/promotion.mjs';
import { refused, usage } from '../failure/failure.mjs';
import { Session } from '../session/session.mjs';
import { meaningOf, stageText } from '../stage/stage.text.mjs';
import { canAsk, confirm, confirmName } from '../terminal/question.mjs';
import { percentOption, stageOption, withChange, withExamples, withWait } from './command.options.mjs';

/** @typedef {import('commander').Command} Command */
/** @typedef {import('@switchyard/contract').MigrationState} MigrationState */
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

/** The question that comes before a promotion. @param {MigrationState} from @param {{ stage: Stage, percent?: number }} to */
function questionOf(from, { stage, percent }) {
  const after = stageText({ ...from, stage, percent: percent ?? 0 });
  const brake = from.closed && stage !== 'retired' ? ', once you open it: it is closed' : '';
  return `${from.service}: ${stageText(from)} → ${after}\n${meaningOf(stage, percent)}${brake}`;
}

/**
 * Retirement refuses clients, so a habit must not confirm it: the name is typed, or given.
 *
 * @param {MigrationState} state @param {string} question @param {PromoteOptions} options
 */
async function confirmRetirement({ service }, question, options) {
  if (options.confirm === service) return;
  if (options.confirm !== undefined) {
    throw refused('command.declined', `unable to retire ${service}; --confirm names ${options.confirm}`);
  }
  if (canAsk()) return confirmName(`${question}\nType the name of the service to go on:`, service);
  throw usage(`unable to ask; there is no terminal`, `Add --confirm ${service} to retire it without a question.`);
}

/** @param {MigrationState} state @param {string} question @param {PromoteOptions} options */
async function confirmPromotion(state, question, options) {
  if (options.yes) return;
  if (canAsk()) return confirm(`${question}\nGo on?`);
  throw usage('unable to ask; there is no terminal', 'Add --yes to promote without a question.');
}

/** @param {string} service @param {PromoteOptions} options */
async function promote(service, options) {
  const session = new Session(options);
  const from = await session.api.service(service);
  const target = promotionOf(from, options);
  const asked = target.stage === 'retired' ? confirmRetirement : confirmPromotion;
  await asked(from, questionOf(from, target), options);
  const { reason, force, wait } = options;
  await makeChange(session, from, { ...target, reason, ...(force && { force }) }, { wait });
}

/** @param {Command} program */
export function addPromote(program) {
  const command = program
    .command('promote')
    .description('move a service forward: one stage, or to a larger share of a canary')
    .argument('<service>')
    .addOption(stageOption('the stage to move to (default: the next one, but retirement must be named)'))
    .addOption(percentOption('share of a canary; alone it changes the share of a service that is one'))
    .option('-y, --yes', 'do not ask; a script needs it')
    .option('--confirm <service>', 'retire the service of that name without a question')
    .option('--force', 'skip stages');
  withExamples(withWait(withChange(command)), [
    'promote tasks --reason "compare both wires"',
    'promote tasks --to canary --percent 5 --reason "first users"',
    'promote tasks --percent 20 --reason "no complaints" --yes',
    'promote crawl --to retired --reason "no old client for 14 days"',
  ]).action(promote);
}
