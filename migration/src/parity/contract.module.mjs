import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { usage } from '../failure/failure.mjs';

/** @typedef {import('@switchyard/contract').ServiceContract} ServiceContract */
/** @typedef {import('@switchyard/contract').LegacyCodec<any>} LegacyCodec */

const HELP =
  'It is a built module (JavaScript) that exports the contract of the service, and the codec of its old wire.';

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isObject = (value) => typeof value === 'object' && value !== null;

/** @param {unknown} value @returns {value is ServiceContract} */
const isContract = (value) =>
  isObject(value) &&
  [value.name, value.namespace, value.kind].every((each) => typeof each === 'string') &&
  value.calls instanceof Map &&
  value.events instanceof Map;

/** @param {unknown} value @returns {value is LegacyCodec} */
const isCodec = (value) =>
  isObject(value) &&
  typeof value.path === 'string' &&
  typeof value.decodeEvent === 'function' &&
  typeof value.encodeEvent === 'function';

/**
 * The exports of a shape, by name; what is exported twice is there once.
 *
 * @template T
 * @param {Record<string, unknown>} exported
 * @param {(value: unknown) => value is T} is
 */
function exportsThat(exported, is) {
  /** @type {Map<T, string>} */
  const names = new Map();
  for (const [name, value] of Object.entries(exported)) if (is(value) && !names.has(value)) names.set(value, name);
  return [...names].map(([value, name]) => ({ value, name }));
}

/**
 * Loads the module of `--contract`.
 *
 * @param {string} file
 * @param {string} service
 * @param {string | undefined} oldPath the path of the old wire, which chooses among several codecs
 * @returns {Promise<{ contract?: ServiceContract, codec?: LegacyCodec }>}
 * @throws Failure
 */
export async function loadContract(file, service, oldPath) {
  const exported = await load(file);
  const [contract, ...more] = exportsThat(exported, isContract).filter(({ value }) => value.name === service);
  if (more.length > 0) throw several(file, `contracts of ${service}`, [contract, ...more]);
  const codecs = exportsThat(exported, isCodec);
  const chosen = codecs.length > 1 ? codecs.filter(({ value }) => value.path === oldPath) : codecs;
  if (codecs.length > 1 && chosen.length !== 1) throw several(file, 'codecs', codecs);
  if (!contract && codecs.length === 0) {
    const others = exportsThat(exported, isContract).map(({ value }) => value.name);
    const has = others.length ? `it exports the contract of ${others.join(', ')}` : 'it exports none';
    throw usage(`unable to find a contract or codec of ${service} in ${file}; ${has}`, HELP);
  }
  return { contract: contract?.value, codec: chosen[0]?.value };
}

/** @param {string} file @returns {Promise<Record<string, unknown>>} its exports; those of CommonJS are there too */
async function load(file) {
  try {
    const loaded = await import(pathToFileURL(resolve(file)).href);
    return { ...(isObject(loaded.default) && loaded.default), ...loaded };
  } catch (error) {
    throw usage(`unable to load ${file}; ${/** @type {Error} */ (error).message}`, HELP);
  }
}

/** @param {string} file @param {string} what @param {readonly ({ name: string } | undefined)[]} found */
const several = (file, what, found) =>
  usage(
    `unable to choose among the ${what} in ${file}; it exports ${found.map((each) => each?.name).join(', ')}`,
    'Give a module that exports one of them, or choose a codec by its path with --old-path.',
  );
