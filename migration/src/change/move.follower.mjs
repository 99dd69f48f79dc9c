import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

/** @typedef {import('@switchyard/contract').MigrationState} MigrationState */
/** @typedef {import('@switchyard/contract').MoveEffect} MoveEffect */
/** @typedef {import('../server/admin.api.mjs').AdminApi} AdminApi */
/** @typedef {{ effect: MoveEffect, settled: boolean }} MoveOutcome `settled`: as many clients moved as were told */

const ASK_EVERY_MS = 250;
/** A server tells its connections within a second of the change; after so long without news all are told. */
const TOLD_AFTER_MS = 1500;
/** A client that does not come in so long a time stays where it is. */
const STUCK_AFTER_MS = 10_000;
/** The change is among the newest entries, also when others follow it at once. */
const NEWEST = 20;

/** @param {AdminApi} api @param {MigrationState} state the state after the change */
async function effectOf(api, { service, updated_at }) {
  const page = await api.audit(service, { limit: NEWEST });
  return page?.entries.find(({ at }) => at === updated_at)?.effect;
}

/**
 * Follows a change until the clients that were told to move have moved, or no more of them do.
 *
 * @param {AdminApi} api
 * @param {MigrationState} state the state after the change
 * @param {(effect: MoveEffect) => void} show
 * @returns {Promise<MoveOutcome | undefined>} undefined when the server does not report it
 * @throws Failure when the server does not answer any more
 */
export async function followMove(api, state, show) {
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
    } catch (error) {
      // One process of several may be away for a moment.
      failure = error;
    }
    const quiet_ms = performance.now() - changed_ms;
    const settled = effect !== undefined && effect.moved >= effect.told;
    const ended = effect !== undefined && effect.moved + (effect.failed ?? 0) >= effect.told;
    if (quiet_ms > STUCK_AFTER_MS && failure) throw failure;
    if (effect && !failure && quiet_ms > (ended ? TOLD_AFTER_MS : STUCK_AFTER_MS)) return { effect, settled };
    await pause(ASK_EVERY_MS);
  }
}
