import { EXIT, Failure } from '../failure/failure.mjs';
import { plain } from '../terminal/plain.text.mjs';
import { inconclusive } from './comparison.failure.mjs';
import { loadContract } from './contract.module.mjs';
import { contractOf } from './service.contract.mjs';

/** @typedef {import('../server/admin.api.mjs').AdminApi} AdminApi */
/** @typedef {{ room?: readonly string[], contract?: string, oldPath?: string, token?: string }} PlanOptions */

/** The room of a service that has one for everybody. */
const SINGLE_ROOM = 'all';

/** What a command's own environment adds. */
const userToken = (variables = process.env) => variables.SWITCHYARD_TOKEN || undefined;

/**
 * Decides what is compared: the contract, the path of the old wire and the rooms.
 *
 * @param {AdminApi} api
 * @param {string} service
 * @param {PlanOptions} options
 * @throws Failure
 */
export async function planOf(api, service, options) {
  const description = await api.description(service);
  if (!description) {
    const help = 'Update the server.';
    throw new Failure(EXIT.failed, 'server.outdated', `unable to verify ${service}; the server does not describe it`, {
      help,
    });
  }
  const oldPath = options.oldPath ?? description.wires.legacy;
  const given = options.contract === undefined ? {} : await loadContract(options.contract, service, oldPath);
  const contract = given.contract ?? contractOf(description.contract);
  const path = oldPath ?? given.codec?.path;
  if (path === undefined) {
    throw inconclusive('parity.no_old_wire', `unable to verify ${service}; it has no old wire to compare with`, {
      help: 'An endpoint that stays your own code has a path of its own: give it with --old-path, and its codec with --contract.',
    });
  }
  const token = options.token ?? userToken();
  return {
    url: api.origin,
    prefix: api.url.pathname,
    contract,
    oldPath: path,
    rooms: roomsOf(service, options.room ?? ('name' in contract.room ? [SINGLE_ROOM] : description.rooms)),
    ...(given.codec && { codec: given.codec }),
    ...(token !== undefined && { token }),
  };
}

/** @param {string} service @param {readonly string[]} rooms */
function roomsOf(service, rooms) {
  if (rooms.length > 0) return [...new Set(rooms)];
  throw inconclusive('parity.no_room', `unable to verify ${plain(service)}; none of its rooms is in use now`, {
    help: 'Nothing was compared. Name a room by its key: --room <key>.',
  });
}
