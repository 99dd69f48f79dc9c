import { EXIT, Failure } from '../failure/failure.mjs';

/** @typedef {import('@switchyard/client/parity').WireComparison} WireComparison */
/** @typedef {import('@switchyard/client/parity').WireComparisonOptions} WireComparisonOptions */

/** Node's codes for a package, or a file of it, that is not there. */
const MISSING = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED'];

/**
 * Loads the built client, which other commands do not need.
 *
 * @returns {Promise<(options: Omit<WireComparisonOptions, 'WebSocket'>) => WireComparison>} makes a comparison
 * @throws Failure when it is not built
 */
export async function loadComparison() {
  try {
    const [{ WireComparison }, { WebSocket }] = await Promise.all([import('@switchyard/client/parity'), import('ws')]);
    return (options) => new WireComparison({ ...options, WebSocket });
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (!MISSING.includes(code ?? '')) throw error;
    const notes = { help: 'Run npm run build, and verify again.', details: message.split('\n')[0] };
    throw new Failure(EXIT.usage, 'client.not_built', 'unable to compare wires; the client is not built', notes);
  }
}
