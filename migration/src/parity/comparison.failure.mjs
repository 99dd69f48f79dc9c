import { EXIT, Failure } from '../failure/failure.mjs';
import { plain } from '../terminal/plain.text.mjs';

/** @typedef {import('../failure/failure.mjs').FailureNotes} FailureNotes */

/**
 * Nothing could be compared, which is no success.
 *
 * @param {string} code `area.reason`
 * @param {string} message
 * @param {FailureNotes} [notes]
 */
export const inconclusive = (code, message, notes) => new Failure(EXIT.inconclusive, code, message, notes);

/** What the operator can do about a refusal. @param {string} code */
function helpFor(code) {
  if (code.startsWith('auth.')) return 'Give the token of a user who may enter: SWITCHYARD_TOKEN, or --token.';
  if (code === 'room.forbidden') return 'Give the token of a user who may enter it: SWITCHYARD_TOKEN, or --token.';
  if (code.endsWith('.not_found')) return '--room takes the key of a room that exists, as old addresses have it.';
  return undefined;
}

/** @typedef {{ code?: string, wire?: string, room?: string, reason?: string }} Whereabouts of a wire that did not admit a room */

/**
 * The failure of a comparison that could not begin.
 *
 * @param {unknown} error
 * @param {string} service
 */
export function comparisonFailure(error, service) {
  const { code, message, help, details } = /** @type {Error & { code?: string, help?: string, details?: unknown }} */ (
    error
  );
  // Every fault has a code with a dot; anything else is a defect of ours.
  if (error instanceof Failure || !code?.includes('.')) return error;
  const { wire, room, reason, ...known } = /** @type {Whereabouts} */ (details ?? {});
  const cause = known.code ?? code;
  const where = [
    ...(room === undefined ? [] : [`the room ${room}`]),
    ...(wire === undefined ? [] : [`the wire ${wire}`]),
  ];
  const why = reason === undefined ? message : `${where.join(' on ')}: ${reason}`;
  const exit = cause.startsWith('auth.') ? EXIT.unauthorised : EXIT.inconclusive;
  return new Failure(exit, cause, `unable to verify ${service}; ${plain(why)}`, { help: helpFor(cause) ?? help });
}
