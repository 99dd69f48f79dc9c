import { refused } from '../failure/failure.mjs';
import { relative } from '../terminal/time.text.mjs';
import { stageText } from './stage.text.mjs';

/** @typedef {import('@switchyard/contract').Stage} Stage */
/** @typedef {import('@switchyard/contract').MigrationState} MigrationState */

// The contract has both as TypeScript, which needs a build; a test compares them with what `status` shows.
/** The stages, in order. @type {readonly Stage[]} */
export const STAGES = ['legacy', 'shadow', 'canary', 'socketio', 'retired'];

/** @param {Stage} stage @returns {readonly Stage[]} */
const allowedMoves = (stage) => (stage === 'retired' ? ['socketio'] : STAGES.slice(0, orderOf(stage) + 2));

/** The place of a stage in their order, from 0. @param {Stage} stage */
export const orderOf = (stage) => STAGES.indexOf(stage);

/**
 * The stages that the server lets a service move to now, without force; its own is one where a change without a move is
 * allowed. A held service gets no promotion.
 *
 * @param {MigrationState} state
 * @returns {Stage[]}
 */
export function movesOf({ stage, held }) {
  return allowedMoves(stage).filter((to) => !held || orderOf(to) <= orderOf(stage));
}

/** The moves of a service in words, for a refusal. @param {MigrationState} state */
function movesText(state) {
  const others = movesOf(state).filter((stage) => stage !== state.stage);
  const moves = others.length ? others.join(', ') : 'nowhere';
  return `${state.service} is at ${stageText(state)} and can move to: ${moves}.`;
}

/** Who holds a service, and how to clear it. @param {MigrationState} state */
export const holdHelp = ({ service, updated_at, updated_by, reason }) =>
  `The last change was made ${relative(updated_at)} by ${updated_by}: ${reason}. To clear it: switchyard unhold ${service} --reason "…"`;

/** Refuses a stage that the server would refuse. @param {MigrationState} state @param {Stage} to @throws Failure */
export function checkMove(state, to) {
  const allowed = movesOf(state);
  if (allowed.includes(to)) return;
  throw refused(
    'stage.illegal',
    `unable to move ${state.service} from ${state.stage} to ${to}; that move is not allowed`,
    {
      help: movesText(state),
      details: { from: state.stage, to, allowed },
    },
  );
}
