import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

/** @typedef {import('@switchyard/contract').MigrationState} MigrationState */
/** @typedef {import('@switchyard/contract').MoveEffect} MoveEffect */
/** @typedef {import('../server/admin.api.mjs').AdminApi} AdminApi */
/** @typedef {{ effect: MoveEffect, settled: boolean }} MoveOutcome `settled`: as many clients moved as were told */

/**
 * How long a change is followed, in ms. A server tells its connections within a second of the change; after `told` without
 * news all are told. A client that does not come within `stuck` stays where it is.
 */
const WAITS_MS = { ask: 250, told: 1500, stuck: 10_000 };
/** The change is among the newest entries, also when others follow it at once. */
const NEWEST = 20;

/** @param {AdminApi} api @param {MigrationState} state the state after the change */
async function effectOf(api, { service, updated_at }) {
  const page = await api.audit(service, { limit: NEWEST });
  return page?.entries.find(({ at }) => at === updated_at)?.effect;
}

/** Whether nobody is connected who could be told. @param {AdminApi} api @param {MoveEffect} effect @param {string} service */
async function isAlone(api, { told }, service) {
  if (told > 0) return false;
  const clients = await api.clients(service);
  return clients !== undefined && Object.values(clients).every((count) => count === 0);
}

/**
 * Follows a change until the clients that were told to move have moved, or no more of them do.
 *
 * @param {AdminApi} api
 * @param {MigrationState} state the state after the change
 * @param {(effect: MoveEffect) => void} show
 * @param {typeof WAITS_MS} [waits_ms]
 * @returns {Promise<MoveOutcome | undefined>} undefined when the server does not report it
 * @throws Failure when the server does not answer any more
 */
export async function followMove(api, state, show, waits_ms = WAITS_MS) {
  /** @type {MoveEffect | undefined} */
  let effect;
  let changed_ms = performance.now();
  for (;;) {
    /** @type {unknown} */
    let failure;
    try {
      const latest = await effectOf(api, state);
      if (!latest) return undefined;
      if (!isDeepStrictEqual(effect, latest)) changed_ms = performance.now();
      effect = latest;
      show(latest);
      if (await isAlone(api, latest, state.service)) return { effect: latest, settled: true };
    } catch (error) {
      // One process of several may be away for a moment.
      failure = error;
    }
    const quiet_ms = performance.now() - changed_ms;
    const settled = effect !== undefined && effect.moved >= effect.told;
    const ended = effect !== undefined && effect.moved + (effect.failed ?? 0) >= effect.told;
    if (quiet_ms > waits_ms.stuck && failure) throw failure;
    if (effect && !failure && quiet_ms > (ended ? waits_ms.told : waits_ms.stuck)) return { effect, settled };
    await pause(waits_ms.ask);
  }
}
