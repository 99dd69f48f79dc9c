import type { Caller } from '../caller/caller.js';
import { clientName } from '../cutover/client.name.js';
import type { AskedJoin, FreeJoins } from '../service/free.joins.js';
import { joinKey } from '../store/key.parts.js';
import { SlidingWindow } from '../store/memory/sliding.window.js';

const WINDOW_MS = 60_000;
/** How many free joins a client has in a minute, in all its rooms. */
const MAX_JOINS = 200;

/** The joins by which clients compare a wire with the one they use: one for each client, room and minute. */
export class ShadowJoins implements FreeJoins {
  private readonly clients = new SlidingWindow({ limit: MAX_JOINS, window_ms: WINDOW_MS });
  private readonly rooms = new SlidingWindow({ limit: 1, window_ms: WINDOW_MS });

  /** @param compared the wire that a client compares with its own now; undefined for none */
  constructor(private readonly compared: (caller: Caller) => Promise<string | undefined>) {}

  async isFree({ caller, key }: AskedJoin): Promise<boolean> {
    if (!caller.isShadow || (await this.compared(caller)) !== caller.wire) return false;
    const client = clientName(caller);
    return this.clients.consume(client) === 0 && this.rooms.consume(joinKey(' ', client, key ?? '')) === 0;
  }
}
