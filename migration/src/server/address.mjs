import { usage } from '../failure/failure.mjs';

const DEFAULT = 'http://localhost:8080';

/**
 * The address of the server, `SWITCHYARD_URL`.
 *
 * @returns {URL} with a path that ends in a slash
 * @throws Failure
 */
export function serverAddress(variables = process.env) {
  const text = variables.SWITCHYARD_URL?.trim() || DEFAULT;
  const help = `Set SWITCHYARD_URL to an address like ${DEFAULT}.`;
  if (!URL.canParse(text)) throw usage(`unable to use SWITCHYARD_URL; ${text} is not an address`, help);
  const url = new URL(text.endsWith('/') ? text : `${text}/`);
  if (!/^https?:$/.test(url.protocol)) throw usage(`unable to use SWITCHYARD_URL; it is not http or https`, help);
  // fetch refuses such an address, and its error would show the password.
  if (url.username || url.password) throw usage('unable to use SWITCHYARD_URL; it contains a user or a password', help);
  return url;
}

/** Whether an address is this machine. @param {URL} url */
export const isLocal = ({ hostname }) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
