import { plain } from '../terminal/plain.text.mjs';
import { duration } from '../terminal/time.text.mjs';

/** @typedef {import('@switchyard/contract').Mismatch} Mismatch */
/** @typedef {import('@switchyard/contract').ParityReport} ParityReport */
/** @typedef {import('@switchyard/contract').ServiceParity} ServiceParity */
/** @typedef {import('@switchyard/contract').KeyShare} KeyShare */

/** How many fields of an event are named. */
const MAX_FIELDS = 8;

/** The number and the noun, `1 room`, `2 rooms`. @param {number} number @param {string} one @param {string} [many] */
export const counted = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** The position of a mismatch, or what its event is recognised by. @param {Mismatch} mismatch */
function placeOf({ offset, epoch, identity }) {
  if (offset !== undefined) return `offset ${offset}${epoch === undefined ? '' : ` of epoch ${plain(epoch)}`}`;
  return identity === undefined ? 'without position' : `identity ${plain(identity)}`;
}

/** @param {readonly string[]} fields */
function fieldsText(fields) {
  const more = fields.length - MAX_FIELDS;
  return `${fields.slice(0, MAX_FIELDS).map(plain).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** One mismatch: `MISMATCH tasks_7, offset 42: changed on socketio, task_updated; fields title`. @param {Mismatch} mismatch */
export function mismatchLine(mismatch) {
  const { room, kind, wire, name, fields, late_ms } = mismatch;
  const details = [
    ...(fields?.length ? [`fields ${fieldsText(fields)}`] : []),
    ...(late_ms === undefined ? [] : [`${duration(late_ms)} later`]),
  ];
  const head = `MISMATCH ${plain(room)}, ${placeOf(mismatch)}: ${kind} on ${plain(wire)}, ${plain(name)}`;
  return [head, ...details].join('; ');
}

/** @param {ParityReport['mismatches']} mismatches */
export const sumOf = (mismatches) => Object.values(mismatches).reduce((sum, count) => sum + count, 0);

/** Counts by kind: `2 missing, 1 late`. @param {ParityReport['mismatches']} mismatches */
function kindsText(mismatches) {
  const kinds = Object.entries(mismatches).filter(([, count]) => count > 0);
  return kinds.map(([kind, count]) => `${count} ${kind}`).join(', ');
}

/**
 * What a comparison found, in lines.
 *
 * @param {ParityReport} report
 * @param {{ rooms: number, compared_ms: number }} extent
 */
export function reportLines({ service, old, new: newer, matched, mismatches, shed }, { rooms, compared_ms }) {
  const all = sumOf(mismatches);
  return [
    `${plain(service)}: ${plain(old)} and ${plain(newer)} compared for ${duration(compared_ms)} in ${counted(rooms, 'room')}`,
    `${matched} matched, ${counted(all, 'mismatch', 'mismatches')}${all > 0 ? ` (${kindsText(mismatches)})` : ''}`,
    ...(shed > 0 ? [`${shed} not compared, because there were too many at once`] : []),
  ];
}

/** @param {KeyShare} share */
function shareText({ expected, observed, keys, verdict }) {
  const seen = observed === null ? 'none' : `${observed.toFixed(1)} %`;
  const said = { waiting: 'too few clients to tell', agrees: 'this agrees', differs: 'this DIFFERS' }[verdict];
  return `${seen} of ${counted(keys, 'client')} use the new wire, the canary is ${expected} %: ${said}`;
}

/** What connected clients have reported, in lines. @param {ServiceParity} parity */
export function reportedLines({ minutes, matched, mismatches, shed, share }) {
  const all = sumOf(mismatches);
  const differ = `${counted(all, 'mismatch', 'mismatches')}${all > 0 ? ` (${kindsText(mismatches)})` : ''}`;
  const dropped = shed > 0 ? `, ${shed} not compared` : '';
  return [
    `clients reported in the last ${counted(minutes, 'minute')}: ${matched} matched, ${differ}${dropped}`,
    ...(share ? [shareText(share)] : []),
  ];
}
