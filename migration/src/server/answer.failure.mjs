import { EXIT, Failure } from '../failure/failure.mjs';

/** @typedef {import('@switchyard/contract').ErrorBody} ErrorBody */

/** The server does not answer. @param {URL} url @param {string} why */
export const unreachable = (url, why) =>
  new Failure(EXIT.unreachable, 'server.unreachable', `unable to reach the server at ${url.origin}; ${why}`, {
    help: 'Is it running? SWITCHYARD_URL is its address.',
  });

/** @param {number} status */
function exitOf(status) {
  if (status === 401 || status === 403) return EXIT.unauthorised;
  return status === 429 || status >= 500 ? EXIT.failed : EXIT.refused;
}

/** What the operator can do, where the server's own help is for somebody else. @param {ErrorBody} error */
function helpFor({ code, help, details }) {
  const known = /** @type {Record<string, unknown>} */ (details ?? {});
  if (code === 'auth.required' || code === 'auth.invalid') return "Set ADMIN_TOKEN to the server's token.";
  if (code === 'stage.illegal' && Array.isArray(known.allowed)) {
    return `From ${known.from} it can move to: ${known.allowed.join(', ')}.`;
  }
  if (code === 'stage.held') {
    const { service, since, by, reason } = known;
    return `${by} holds it since ${since}: ${reason}. To clear it: switchyard unhold ${service} --reason "…"`;
  }
  if (details === undefined) return help;
  return `${help} ${JSON.stringify(details)}`;
}

/**
 * The failure that an answer of the server means.
 *
 * @param {URL} url the server's
 * @param {number} status
 * @param {ErrorBody | undefined} error the answer's body; undefined when it is none of Switchyard's
 */
export function answerFailure(url, status, error) {
  if (!error) return unreachable(url, `what answers there is not a Switchyard server (status ${status})`);
  return new Failure(exitOf(status), error.code, error.error, { help: helpFor(error), details: error.details });
}
