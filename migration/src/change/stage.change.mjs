import { EXIT, Failure } from '../failure/failure.mjs';
import { stageText } from '../stage/stage.text.mjs';
import { plain } from '../terminal/plain.text.mjs';
import { duration } from '../terminal/time.text.mjs';
import { followMove } from './move.follower.mjs';

/** @typedef {import('@switchyard/contract').MigrationState} MigrationState */
/** @typedef {import('@switchyard/contract').MigrationChange} MigrationChange */
/** @typedef {import('@switchyard/contract').MoveEffect} MoveEffect */
/** @typedef {import('../session/session.mjs').Session} Session */

/** What a change did to the connected clients, in words. @param {MoveEffect} effect */
function effectText({ told, moved, failed, moved_ms }) {
  if (told === 0) return 'no connected client has to move';
  const time = moved_ms === undefined ? '' : ` in ${duration(moved_ms)}`;
  return `${moved} of ${told} connected clients moved${time}${failed ? `, and ${failed} could not` : ''}`;
}

/**
 * Makes a change, follows what the connected clients do, and writes the result.
 *
 * @param {Session} session
 * @param {MigrationState} from
 * @param {MigrationChange} change
 * @param {{ wait: boolean }} options
 * @throws Failure
 */
export async function makeChange({ api, out }, from, change, { wait }) {
  const { warning, ...to } = await api.change(from.service, change);
  const moved = `${plain(from.service)}: ${stageText(from)} → ${stageText(to)}`;
  const leave = () => {
    out.note(`${moved}. The change is made and goes on; switchyard audit ${from.service} shows how far it is.`);
    process.exit(EXIT.interrupted);
  };
  process.once('SIGINT', leave);
  try {
    const outcome = wait ? await followMove(api, to, (effect) => out.progress(`… ${effectText(effect)}`)) : undefined;
    const { effect = null, settled = null } = outcome ?? {};
    const lines = [moved, ...(effect ? [effectText(effect)] : [])];
    out.result({ service: from.service, changed: true, from, to, effect, settled }, lines);
    if (warning !== undefined) out.note(plain(warning));
    if (settled === false) out.note('The others did not follow yet; they ask again when their connection is lost.');
    if (wait && !outcome) out.note('This server does not report how many clients moved.');
    return to;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const help = `The change is made (${moved}), and how far it is could not be read. ${error.help ?? ''}`.trim();
    throw new Failure(error.exit, error.code, error.message, { help, details: error.details });
  } finally {
    process.off('SIGINT', leave);
  }
}

/** Writes that a change is not needed. @param {Session} session @param {MigrationState} state @param {string} why */
export function noChange({ out }, state, why) {
  const result = { service: state.service, changed: false, from: state, to: state, effect: null, settled: null };
  out.result(result, [`${plain(state.service)}: ${stageText(state)}; ${why}`]);
}
