import { EXIT, Failure, usage } from '../failure/failure.mjs';

/** @typedef {import('@switchyard/contract').ErrorBody} ErrorBody */

/** The server does not answer. @param {URL} url @param {string} why */
export const unreachable = (url, why) =>
  new Failure(EXIT.unreachable, 'server.unreachable', `unable to reach the server at ${url.origin}; ${why}`, {
    help: 'Is it running? SWITCHYARD_URL is its address.',
  });

/** Something else answers at the address. @param {URL} url @param {number} status */
export const stranger = (url, status) =>
  unreachable(url, `what answers there is not a Switchyard server (status ${status})`);

/** The address has a path under which the server has no admin API. @param {URL} url */
export const nothingServed = (url) =>
  usage(
    `unable to find the admin API; nothing is served at ${url.origin}${url.pathname}admin/migration`,
    'Set SWITCHYARD_URL to the address of the server, without a path unless a proxy in front of it adds one.',
  );

/** @param {number} status */
function exitOf(status) {
  if (status === 401 || status === 403) return EXIT.unauthorised;
  return status === 429 || status >= 500 ? EXIT.failed : EXIT.refused;
}

/**
 * Who has used an old wire, in sentences.
 *
 * @param {{ days?: unknown, open?: unknown, since?: unknown, last_seen_at?: unknown, clients?: unknown }} details
 */
function usersOf({ days, open, since, last_seen_at, clients }) {
  const seen = last_seen_at === undefined ? 'nobody was seen' : `the last connection was seen at ${last_seen_at}`;
  const names = Array.isArray(clients) ? clients.map(nameOf).join(', ') : '';
  const whom = names === '' ? '' : ` Seen last: ${names}.`;
  return `It needs ${days} days without a connection on the old wire; ${open} are open now, and since ${since} ${seen}.${whom}`;
}

/** @param {{ client?: string, agent?: string }} seen */
const nameOf = ({ client, agent }) => (agent === undefined ? `${client}` : `${client} (${agent})`);

/**
 * The step of a plan that is not legal, and what would be, in sentences.
 *
 * @param {{ step?: unknown, from?: unknown, to?: unknown, allowed?: unknown }} details
 */
function stepHelp({ step, from, to, allowed }) {
  const stages = Array.isArray(allowed) && allowed.length ? allowed.join(', ') : 'nothing';
  const larger = stages.includes('canary') ? ' A canary gets a larger share with each step.' : '';
  return `Step ${Number(step) + 1} is ${placeOf(to)}. After ${placeOf(from)} may come: ${stages}.${larger}`;
}

/** @param {unknown} place */
function placeOf(place) {
  const { stage, percent } = /** @type {{ stage?: string, percent?: number }} */ (place ?? {});
  return percent === undefined ? `${stage}` : `${stage} ${percent} %`;
}

/** A field that the server does not accept, and why. @param {{ field?: string, rules?: readonly string[] }} rejected */
const fieldText = ({ field, rules = [] }) => `${field}: ${rules.join(', ')}`;

/** How a closed service is opened. @param {unknown} service */
export const openHelp = (service) => `To open it: switchyard open ${service} --reason "…"`;

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
  if (code === 'stage.in_use') return `${usersOf(known)} To retire it all the same: --force.`;
  if (code === 'plan.illegal') return stepHelp(known);
  if (code === 'plan.running') {
    const { service, step, steps, state, by, since, reason } = known;
    return `It is ${state} at step ${Number(step) + 1} of ${steps}, by ${by} since ${since}: ${reason}. To stop it: switchyard plan ${service} --stop --reason "…". To start yours in its place: --replace.`;
  }
  if (code === 'plan.unwatched') {
    return `Declare thresholds for ${known.service} in slo.json. To let the pauses alone count: --unwatched.`;
  }
  if (code === 'plan.closed') return openHelp(known.service);
  if (code === 'plan.not_found') return `Start one: switchyard plan ${known.service} --steps "1%:10m, 5%" --reason "…"`;
  if (code === 'plan.over') return `It is ${known.state}. To start a new one: --steps.`;
  if (code === 'input.invalid' && Array.isArray(known.fields)) return known.fields.map(fieldText).join('; ');
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
  if (!error) return stranger(url, status);
  return new Failure(exitOf(status), error.code, error.error, { help: helpFor(error), details: error.details });
}
