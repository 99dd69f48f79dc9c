import { isDeepStrictEqual } from 'node:util';

/** @typedef {import('@switchyard/contract').MigrationState} MigrationState */
/** @typedef {import('../server/admin.api.mjs').AdminApi} AdminApi */
/** @typedef {{ service: string, at: string, by: string, reason: string, from: MigrationState, to: MigrationState }} Change */

/** More changes of one service between two looks are not shown one by one. */
const MAX_BETWEEN = 50;

/** @param {MigrationState} from @param {MigrationState} to @returns {Change} */
const changeOf = (from, to) => ({
  service: to.service,
  at: to.updated_at,
  by: to.updated_by,
  reason: to.reason,
  from,
  to,
});

/**
 * The changes of one service between two looks. The audit has each of them; an edit of the flag file is in no audit.
 *
 * @param {AdminApi} api @param {MigrationState} before @param {MigrationState} after
 */
async function between(api, before, after) {
  const page = await api.audit(after.service, { limit: MAX_BETWEEN });
  const missed = page?.entries.filter(({ at }) => at > before.updated_at && at <= after.updated_at) ?? [];
  if (missed.length === 0) return [changeOf(before, after)];
  return missed.reverse().map(({ from, to }) => changeOf(from, to));
}

/**
 * Every change between two looks at the services, oldest first for each service.
 *
 * @param {AdminApi} api
 * @param {readonly MigrationState[]} before
 * @param {readonly MigrationState[]} after
 * @returns {Promise<Change[]>}
 */
export async function changesBetween(api, before, after) {
  const known = new Map(before.map((state) => [state.service, state]));
  const lists = await Promise.all(
    after.map((to) => {
      const from = known.get(to.service);
      return !from || isDeepStrictEqual(from, to) ? [] : between(api, from, to);
    }),
  );
  return lists.flat();
}
