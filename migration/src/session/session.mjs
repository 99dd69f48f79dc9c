import { actorName } from '../server/actor.mjs';
import { serverAddress } from '../server/address.mjs';
import { AdminApi } from '../server/admin.api.mjs';
import { adminToken } from '../server/admin.token.mjs';
import { Output } from '../terminal/output.mjs';

/** @typedef {{ json?: boolean, as?: string }} SessionOptions */

/** What every command works with: a server, and a place for results. */
export class Session {
  /**
   * @param {SessionOptions} options
   * @throws Failure when the address or the token is missing or wrong
   */
  constructor({ json, as }) {
    const url = serverAddress();
    this.api = new AdminApi({ url, token: adminToken(url), actor: actorName(as) });
    this.out = new Output({ json });
  }
}
