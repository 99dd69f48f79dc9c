import { Failure, refused, usage } from '../failure/failure.mjs';
import { checkMove, orderOf, STAGES } from '../stage/stage.moves.mjs';
import { stageText } from '../stage/stage.text.mjs';

/** @typedef {import('@switchyard/contract').MigrationState} MigrationState */
/** @typedef {import('@switchyard/contract').Stage} Stage */
/** @typedef {import('../server/admin.api.mjs').AdminApi} AdminApi */
/** @typedef {{ stage: Stage, percent?: number, note?: string }} ReturnTarget `note` explains the choice */
/** @typedef {{ to?: Stage, percent?: number }} ReturnOptions */

/** How many changes back the percentage of an earlier canary is looked for. */
const LOOK_BACK = 100;

/** The percentage that a service had when it was a canary last. @param {AdminApi} api @param {string} service */
async function formerPercent(api, service) {
  try {
    const page = await api.audit(service, { limit: LOOK_BACK });
    return page?.entries.find(({ from, to }) => from.stage === 'canary' && to.stage !== 'canary')?.from.percent;
  } catch (error) {
    // On the way back nothing that is only nice to know may stand in the way.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** @param {MigrationState} state @param {number} [percent] @returns {Stage} */
function behind({ service, stage }, percent) {
  if (stage === 'canary' && percent !== undefined) return 'canary';
  const before = STAGES[orderOf(stage) - 1];
  if (before) return before;
  throw refused('stage.illegal', `unable to roll ${service} back; it is at ${stage}, the first stage`, {
    help: 'All clients use the old wire there. switchyard status shows it.',
  });
}

/** @param {MigrationState} state @param {ReturnTarget} target */
function checkBehind(state, { stage, percent }) {
  const distance = orderOf(stage) - orderOf(state.stage);
  if (distance < 0) return checkMove(state, stage);
  if (distance === 0 && stage === 'canary' && percent !== undefined && percent < state.percent) return;
  const named = stage === 'canary' && percent !== undefined ? `canary ${percent} %` : stage;
  throw refused('stage.illegal', `unable to roll ${state.service} back to ${named}; it is at ${stageText(state)}`, {
    help: `A rollback goes back. To go forward: switchyard promote ${state.service}`,
  });
}

/**
 * Where a rollback goes. Without a stage it goes one back; a canary then has its former percentage, and where that is not
 * known it goes to `shadow`, because a rollback must not wait for a number.
 *
 * @param {AdminApi} api
 * @param {MigrationState} state
 * @param {ReturnOptions} options
 * @returns {Promise<ReturnTarget>}
 * @throws Failure when the rules do not allow it, with the moves that they allow
 */
export async function returnOf(api, state, { to, percent }) {
  const stage = to ?? behind(state, percent);
  checkBehind(state, { stage, percent });
  if (stage !== 'canary') {
    if (percent === undefined) return { stage };
    throw usage(
      `unable to roll ${state.service} back to ${stage}; only a canary has a percentage`,
      'Leave --percent out.',
    );
  }
  const share = percent ?? (await formerPercent(api, state.service));
  if (share !== undefined) return { stage, percent: share };
  const note = `It goes to shadow, where nobody uses Socket.IO: no earlier canary of ${state.service} is known. For a canary add --percent.`;
  return { stage: 'shadow', note };
}
