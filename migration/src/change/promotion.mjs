import { refused, usage } from '../failure/failure.mjs';
import { checkMove, holdHelp, orderOf, STAGES } from '../stage/stage.moves.mjs';
import { stageText } from '../stage/stage.text.mjs';

/** @typedef {import('@switchyard/contract').MigrationState} MigrationState */
/** @typedef {import('@switchyard/contract').Stage} Stage */
/** @typedef {{ stage: Stage, percent?: number }} Target */
/** @typedef {{ to?: Stage, percent?: number, force?: boolean }} PromotionOptions */

/** The stage one step ahead; a canary with another percentage stays one. @param {MigrationState} state @param {number} [percent] @returns {Stage} */
function ahead(state, percent) {
  const { service, stage } = state;
  if (stage === 'canary' && percent !== undefined) return 'canary';
  if (stage === 'retired') throw refused('stage.illegal', `unable to promote ${service}; it is retired already`);
  if (stage === 'socketio') {
    throw refused('stage.illegal', `unable to promote ${service}; only its retirement is ahead`, {
      help: `Old clients are refused from then on. If you mean that: switchyard retire ${service}`,
    });
  }
  return /** @type {Stage} */ (STAGES[orderOf(stage) + 1]);
}

/** @param {MigrationState} state @param {Target} target */
function checkAhead(state, { stage, percent }) {
  const { service } = state;
  const distance = orderOf(stage) - orderOf(state.stage);
  if (distance > 0) return;
  if (stage === 'retired') throw refused('stage.illegal', `unable to retire ${service}; it is retired already`);
  if (distance === 0 && stage === 'canary' && percent === undefined) {
    throw usage(`unable to promote ${service}; it is a canary`, 'Say its new percentage with --percent.');
  }
  if (distance === 0 && stage === 'canary' && Number(percent) > state.percent) return;
  const named = stage === 'canary' && percent !== undefined ? `canary ${percent} %` : stage;
  throw refused('stage.illegal', `unable to promote ${service} to ${named}; it is at ${stageText(state)}`, {
    help: `A promotion goes forward. To go back: switchyard rollback ${service}`,
  });
}

/**
 * Where a promotion goes.
 *
 * @param {MigrationState} state
 * @param {PromotionOptions} options
 * @returns {Target}
 * @throws Failure when the rules do not allow it, with the moves that they allow
 */
export function promotionOf(state, { to, percent, force = false }) {
  const { service } = state;
  const stage = to ?? ahead(state, percent);
  checkAhead(state, { stage, percent });
  if (state.held) {
    throw refused('stage.held', `unable to promote ${service}; it is held`, { help: holdHelp(state) });
  }
  if (!force) checkMove(state, stage);
  if (stage !== 'canary' && percent !== undefined) {
    throw usage(`unable to promote ${service} to ${stage}; only a canary has a percentage`, 'Leave --percent out.');
  }
  if (stage === 'canary' && percent === undefined) {
    throw usage(`unable to promote ${service} to canary; a canary needs a percentage`, 'Add --percent, for example 5.');
  }
  return { stage, percent };
}
