import { userInfo } from 'node:os';
import { plain } from '../terminal/plain.text.mjs';

/** A server keeps so much of a name. */
const MAX_LENGTH = 100;

/**
 * The person who makes a change, as a header can name them: `--as`, `SWITCHYARD_ACTOR`, else the user of this machine.
 *
 * @param {string} [named]
 */
export function actorName(named, variables = process.env) {
  const name = plain(named || variables.SWITCHYARD_ACTOR || systemUser()).trim();
  // A header has the characters of Latin-1; a letter of another script becomes a question mark.
  return (
    name
      .normalize('NFC')
      .replace(/[^\u0020-\u00ff]/gu, '?')
      .slice(0, MAX_LENGTH) || 'unknown'
  );
}

function systemUser() {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return 'unknown';
  }
}
