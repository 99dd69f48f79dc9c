import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, Failure } from '../failure/failure.mjs';
import { isLocal } from './address.mjs';

const ABOVE = fileURLToPath(new URL('../../..', import.meta.url));
/** The data of a server that runs in the same clone; an installed command line is in no clone. */
const CLONE_DATA = existsSync(join(ABOVE, 'migration')) ? [join(ABOVE, 'data')] : [];
const FILE = 'admin-token';

/**
 * The admin token: `ADMIN_TOKEN`, else the one that a server in development stored in its `DATA_DIR`. The latter goes to
 * this machine only, unless `DATA_DIR` is set: it belongs to a server here, and no other should learn it.
 *
 * @param {URL} url the server's
 * @returns {string}
 * @throws Failure
 */
export function adminToken(url, variables = process.env) {
  const token = variables.ADMIN_TOKEN?.trim() || storedToken(url, variables);
  // fetch refuses such a header, and its error would show the token.
  if (/^[\x20-\x7e\x80-\xff]*$/.test(token)) return token;
  throw missing('unable to authenticate; the admin token has a character that no header can have');
}

/** @param {URL} url @param {NodeJS.ProcessEnv} variables */
function storedToken(url, variables) {
  const { DATA_DIR } = variables;
  const folders = DATA_DIR ? [resolve(DATA_DIR)] : isLocal(url) ? [resolve('data'), ...CLONE_DATA] : [];
  const file = folders.map((folder) => join(folder, FILE)).find((path) => existsSync(path));
  if (file === undefined) {
    const looked = folders.length ? `, and there is no file ${FILE} in ${[...new Set(folders)].join(' or ')}` : '';
    throw missing(`unable to authenticate; ADMIN_TOKEN is not set${looked}`);
  }
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw missing(
      `unable to authenticate; ${file} cannot be read (${/** @type {NodeJS.ErrnoException} */ (error).code})`,
    );
  }
}

/** @param {string} message */
const missing = (message) =>
  new Failure(EXIT.unauthorised, 'auth.required', message, {
    help: `Set ADMIN_TOKEN to the server's token. Or set DATA_DIR to the data folder of a server on this machine, if you may read its file ${FILE}.`,
  });
