import { EXIT, Failure, refused } from '../failure/failure.mjs';
import { areServices, errorBody, jsonObject } from './admin.answer.mjs';
import { answerFailure, nothingServed, stranger, unreachable } from './answer.failure.mjs';

/** @typedef {import('@switchyard/contract').MigrationState} MigrationState */
/** @typedef {import('@switchyard/contract').MigrationAnswer} MigrationAnswer */
/** @typedef {import('@switchyard/contract').MigrationStatus} MigrationStatus */
/** @typedef {import('@switchyard/contract').MigrationChange} MigrationChange */
/** @typedef {import('@switchyard/contract').MigrationAudit} MigrationAudit */
/** @typedef {import('@switchyard/contract').RolloutPlan} RolloutPlan */
/** @typedef {import('@switchyard/contract').RolloutStart} RolloutStart */
/** @typedef {import('@switchyard/contract').RolloutChange} RolloutChange */
/** @typedef {import('@switchyard/contract').ServiceDescription} ServiceDescription */
/** @typedef {import('@switchyard/contract').ServiceParity} ServiceParity */
/** @typedef {{ entries: MigrationAudit[], next?: string }} AuditPage newest first; `next` is the id to go on before */
/** @typedef {Readonly<Record<string, number>>} ClientsByWire */

const TIMEOUT_MS = 10_000;

/** The admin API of a server. Every method throws a Failure when the server refuses or does not answer. */
export class AdminApi {
  #url;
  #headers;

  /** @param {{ url: URL, token: string, actor: string }} options */
  constructor({ url, token, actor }) {
    this.#url = url;
    this.#headers = { authorization: `Bearer ${token}`, 'x-switchyard-actor': actor };
  }

  /** The server's address. */
  get url() {
    return this.#url;
  }

  /** The server's address, for messages. */
  get origin() {
    return this.#url.origin;
  }

  /** The state of every service. @returns {Promise<MigrationStatus[]>} */
  async services() {
    /** @type {{ services?: unknown } | undefined} */
    const answer = await this.#optional('');
    if (!answer) throw nothingServed(this.#url);
    const { services } = answer;
    if (areServices(services)) return services;
    throw stranger(this.#url, 200);
  }

  /** The state of one service. @param {string} name @returns {Promise<MigrationStatus>} */
  async service(name) {
    const services = await this.services();
    const found = services.find(({ service }) => service === name);
    if (found) return found;
    const names = services.map(({ service }) => service);
    throw refused('service.unknown', `unable to find the service ${name}; there is none of that name`, {
      help: `The services are: ${names.join(', ')}.`,
    });
  }

  /** @param {string} service @param {MigrationChange} change @returns {Promise<MigrationAnswer>} the state afterwards */
  async change(service, change) {
    return this.#put(`/${encodeURIComponent(service)}`, change, `switchyard status ${service}`);
  }

  /**
   * The latest rollout plan of a service.
   *
   * @param {string} service
   * @returns {Promise<RolloutPlan | null | undefined>} null when it has none, undefined when the server knows no plans
   */
  async plan(service) {
    try {
      return await this.#optional(`/${encodeURIComponent(service)}/plan`);
    } catch (error) {
      if (error instanceof Failure && error.code === 'plan.not_found') return null;
      throw error;
    }
  }

  /**
   * Starts or changes the rollout plan of a service.
   *
   * @param {string} service
   * @param {RolloutStart | RolloutChange} body
   * @returns {Promise<RolloutPlan>} the plan afterwards
   */
  async putPlan(service, body) {
    return this.#put(`/${encodeURIComponent(service)}/plan`, body, `switchyard plan ${service}`);
  }

  /**
   * A page of a service's audit.
   *
   * @param {string} service
   * @param {{ limit: number, before?: string }} page
   * @returns {Promise<AuditPage | undefined>} undefined when the server cannot be asked for it
   */
  async audit(service, { limit, before }) {
    const query = new URLSearchParams({ limit: String(limit), ...(before !== undefined && { before }) });
    return this.#optional(`/${encodeURIComponent(service)}/audit?${query}`);
  }

  /** The open connections of a service; undefined when the server does not say it, also for now. @param {string} service */
  async clients(service) {
    /** @type {{ clients: ClientsByWire } | undefined} */
    const figures = await this.#optional(`/${encodeURIComponent(service)}/figures?minutes=1`, 'store.unavailable');
    return figures?.clients;
  }

  /** Contract, wires and rooms of a service; undefined when the server cannot be asked for it. @param {string} service @returns {Promise<ServiceDescription | undefined>} */
  async description(service) {
    return this.#optional(`/${encodeURIComponent(service)}/description`);
  }

  /** What comparing clients have reported; undefined when the server does not say it, also for now. @param {string} service @returns {Promise<ServiceParity | undefined>} */
  async parity(service) {
    return this.#optional(`/${encodeURIComponent(service)}/parity`, 'store.unavailable');
  }

  /**
   * @template T
   * @param {string} path
   * @param {object} body
   * @param {string} look the command that shows what became of it
   * @returns {Promise<T>}
   */
  async #put(path, body, look) {
    try {
      return await this.#request(path, body);
    } catch (error) {
      if (!(error instanceof Failure) || error.exit !== EXIT.unreachable) throw error;
      // The answer may be lost, and not the change.
      const help = `${error.help} It may have got the change before: ${look} shows it.`;
      throw new Failure(error.exit, error.code, error.message, { help });
    }
  }

  /**
   * @template T
   * @param {string} path
   * @param {string} [orCode] another code that counts as no answer
   * @returns {Promise<T | undefined>} undefined when the server has no such path
   */
  async #optional(path, orCode) {
    try {
      return await this.#request(path);
    } catch (error) {
      const { code } = /** @type {{ code?: string }} */ (error);
      if (code === 'path.not_found' || (code !== undefined && code === orCode)) return undefined;
      throw error;
    }
  }

  /**
   * @template T
   * @param {string} path
   * @param {object} [body]
   * @returns {Promise<T>}
   */
  async #request(path, body) {
    const { status, location, text } = await this.#send(path, body);
    if (location !== null) throw unreachable(this.#url, `it sends us to ${location}`);
    const answer = jsonObject(text);
    if (status === 200 && answer) return /** @type {T} */ (answer);
    throw answerFailure(this.#url, status, errorBody(answer?.error));
  }

  /** @param {string} path @param {object} [body] */
  async #send(path, body) {
    try {
      const response = await fetch(new URL(`admin/migration${path}`, this.#url), {
        method: body ? 'PUT' : 'GET',
        headers: { ...this.#headers, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
        // A redirect to another server would lose the token, and "wrong token" would be the wrong error.
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { status: response.status, location: response.headers.get('location'), text: await response.text() };
    } catch (error) {
      throw unreachable(this.#url, causeOf(/** @type {Error} */ (error)));
    }
  }
}

/** Why fetch failed, in the words of the operating system. @param {Error} error */
function causeOf(error) {
  if (error.name === 'TimeoutError') return `it did not answer within ${TIMEOUT_MS / 1000} s`;
  const cause = /** @type {{ code?: string, message?: string } | undefined} */ (error.cause);
  return cause?.code ?? cause?.message ?? error.message;
}
