import { usage } from '../failure/failure.mjs';

/** @typedef {import('@switchyard/contract').RolloutStep} RolloutStep */

/** @type {Readonly<Record<string, number>>} */
const UNIT_S = { s: 1, m: 60, h: 3600, d: 24 * 3600 };
const FORM =
  'Write the steps like "1%:10m, 5%:30m, socketio": a share or a stage (legacy, shadow, socketio), a colon, and a pause of seconds, minutes, hours or days (30s, 10m, 2h, 1d).';

/** @param {string} text @param {(why: string) => Error} wrong */
function placeOf(text, wrong) {
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1];
  if (share !== undefined) {
    if (!/^\d{1,3}(\.\d{1,3})?$/.test(share) || Number(share) > 100) {
      throw wrong('a share is a number from 0 to 100 with at most three decimals');
    }
    return { stage: /** @type {const} */ ('canary'), percent: Number(share) };
  }
  if (text === 'legacy' || text === 'shadow' || text === 'socketio') {
    return { stage: /** @type {'legacy' | 'shadow' | 'socketio'} */ (text) };
  }
  if (text === 'retired') throw wrong('a plan retires no service: switchyard retire does');
  if (/^[\d.]+$/.test(text)) throw wrong(`a share needs a percent sign: ${text}%`);
  throw wrong(`${text === '' ? 'it is empty' : `${text} is neither a share nor a stage of a plan`}`);
}

/** @param {string | undefined} text @param {boolean} isLast @param {(why: string) => Error} wrong */
function pauseOf(text, isLast, wrong) {
  if (text === undefined) {
    if (isLast) return 0;
    throw wrong('it has no pause; only the last step may go without');
  }
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([smhd])$/.exec(text) ?? [];
  if (number === undefined) throw wrong(`${text || 'an empty text'} is no pause; one is 30s, 10m, 2h or 1d`);
  return Number(number) * Number(UNIT_S[unit]);
}

/**
 * Reads the steps of a plan: `1%:10m, 5%:30m, socketio`.
 *
 * @param {string} text
 * @returns {RolloutStep[]}
 * @throws Failure that names the wrong step
 */
export function stepsOf(text) {
  const parts = text.split(',');
  return parts.map((part, at) => {
    /** @param {string} why */
    const wrong = (why) => usage(`unable to read step ${at + 1}, "${part.trim()}"; ${why}`, FORM);
    const [place = '', pause, ...more] = part.split(':').map((piece) => piece.trim());
    if (more.length) throw wrong('it has two colons');
    return { ...placeOf(place, wrong), pause_s: pauseOf(pause, at === parts.length - 1, wrong) };
  });
}
