import type { LegacyClose } from '@switchyard/contract';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import { joinKey } from '../../store/key.parts.js';
import type { LegacyPeer } from './legacy.peer.js';

/** The clients of an old endpoint that come back under an id, so that the newer WebSocket replaces the older one. */
export class ReturningClients {
  /** The newest connection of each client in each room. */
  private readonly newest = new Map<string, LegacyPeer>();

  constructor(
    private readonly service: ServiceRuntime,
    private readonly replaced: LegacyClose,
  ) {}

  /**
   * Finds the client's connections in other processes, before the client joins: of two that come at once, each would
   * otherwise close the other.
   */
  async elsewhere(peer: LegacyPeer): Promise<string[]> {
    const members = await this.service.members.of(peer.key).catch(() => []);
    const others = members.filter(({ id, caller }) => id !== peer.id && isSameClient(peer, caller));
    return others.map(({ id }) => id);
  }

  /** Closes the client's older connection in this process, once the newer one is in the room. */
  replace(peer: LegacyPeer): void {
    const id = returningKey(peer);
    const older = this.newest.get(id);
    this.newest.set(id, peer);
    older?.close(this.replaced.code, this.replaced.reason);
  }

  /** Closes the client's older connections in other processes. */
  replaceElsewhere(peer: LegacyPeer, ids: readonly string[]): void {
    for (const id of ids) void this.service.members.evict(id, peer.key, this.replaced).catch(() => undefined);
  }

  /** Forgets a connection that is closed. */
  closed(peer: LegacyPeer): void {
    const id = returningKey(peer);
    if (this.newest.get(id) === peer) this.newest.delete(id);
  }
}

/** What the connections of one client in one room have in common. */
function returningKey({ key, caller }: LegacyPeer): string {
  return joinKey(' ', key, caller.client_id ?? '');
}

/** Whether a caller is on this wire, as the client of the same id. */
function isSameClient({ caller }: LegacyPeer, other: LegacyPeer['caller']): boolean {
  return other.wire === caller.wire && other.client_id === caller.client_id;
}
