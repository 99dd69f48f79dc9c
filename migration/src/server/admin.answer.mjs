/** @typedef {import('@switchyard/contract').MigrationStatus} MigrationStatus */
/** @typedef {import('@switchyard/contract').ErrorBody} ErrorBody */

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isObject = (value) => typeof value === 'object' && value !== null;

/** @param {string} text @returns {Record<string, unknown> | undefined} undefined when it is no JSON object */
export function jsonObject(text) {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The error of a Switchyard server; undefined when an answer has none, so another server gave it. @param {unknown} value @returns {ErrorBody | undefined} */
export function errorBody(value) {
  const isError = isObject(value) && typeof value.code === 'string' && typeof value.error === 'string';
  return isError ? /** @type {ErrorBody} */ (/** @type {unknown} */ (value)) : undefined;
}

/** The fields of a state that every command reads as texts. */
const TEXTS = ['service', 'stage', 'updated_at', 'updated_by', 'reason'];

/** Whether an answer lists services as a Switchyard server does. @param {unknown} services @returns {services is MigrationStatus[]} */
export const areServices = (services) =>
  Array.isArray(services) &&
  services.every((state) => isObject(state) && TEXTS.every((name) => typeof state[name] === 'string'));
