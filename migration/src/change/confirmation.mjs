import { refused, usage } from '../failure/failure.mjs';
import { meaningOf, stageText } from '../stage/stage.text.mjs';
import { canAsk, confirm, confirmName } from '../terminal/question.mjs';

/** @typedef {import('@switchyard/contract').MigrationState} MigrationState */
/** @typedef {import('../server/admin.api.mjs').AdminApi} AdminApi */
/** @typedef {import('./promotion.mjs').Target} Target */
/** @typedef {{ yes?: boolean, confirm?: string }} ConfirmationOptions */

/**
 * Refuses to go on when somebody changed the service since it was read: the operator agreed to another move.
 *
 * @param {AdminApi} api @param {MigrationState} from @param {string} what `promote tasks`
 * @throws Failure
 */
export async function checkUnchanged(api, from, what) {
  const now = await api.service(from.service);
  if (now.updated_at === from.updated_at) return;
  throw refused('stage.changed', `unable to ${what}; somebody changed it before you answered`, {
    help: `It is at ${stageText(now)} now, by ${now.updated_by}: ${now.reason}. If you still mean it, give the command again.`,
  });
}

/** The question that comes before a promotion. @param {MigrationState} from @param {Target} to */
function questionOf(from, { stage, percent }) {
  const after = stageText({ ...from, stage, percent: percent ?? 0 });
  const brake = from.closed && stage !== 'retired' ? ', once you open it: it is closed' : '';
  return `${from.service}: ${stageText(from)} → ${after}\n${meaningOf(stage, percent)}${brake}`;
}

/**
 * Retirement refuses clients, so a habit must not confirm it: the name is typed, or given.
 *
 * @param {MigrationState} state @param {string} question @param {ConfirmationOptions} options
 */
async function confirmRetirement({ service }, question, options) {
  if (options.confirm === service) return;
  if (options.confirm !== undefined) {
    throw refused('command.declined', `unable to retire ${service}; --confirm names ${options.confirm}`);
  }
  if (canAsk()) return confirmName(`${question}\nType the name of the service to go on:`, service);
  throw usage(`unable to ask; there is no terminal`, `Add --confirm ${service} to retire it without a question.`);
}

/**
 * Goes on only when the operator agrees to a promotion.
 *
 * @param {MigrationState} from @param {Target} to @param {ConfirmationOptions} options
 * @throws Failure
 */
export async function confirmPromotion(from, to, options) {
  const question = questionOf(from, to);
  if (to.stage === 'retired') return confirmRetirement(from, question, options);
  if (options.yes) return;
  if (canAsk()) return confirm(`${question}\nGo on?`);
  throw usage('unable to ask; there is no terminal', 'Add --yes to promote without a question.');
}
