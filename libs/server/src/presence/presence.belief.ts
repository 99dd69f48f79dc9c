import { isComplete, MAX_NAMED, type Presence, type PresenceChange } from '@switchyard/contract';

/**
 * The lists of people that the members of a room in this process have.
 *
 * Members got their lists at different moments: newcomers last, in the answers to their joins. A change has to correct all
 * lists, so those of only some members count as well: somebody who came and went is reported as having left only if an
 * answer named them meanwhile.
 */
export class PresenceBelief {
  /** The people on every member's list. */
  private all = new Set<string>();
  /** The people on some member's list. */
  private any = new Set<string>();
  private fewest = Infinity;
  private most = -Infinity;
  /** The latest answer, and the connections that got exactly this answer. */
  private latest: Presence | undefined;
  private informed = new Set<string>();

  /** A connection got an answer; undefined when the store was away. */
  answered(connection: string, presence: Presence | undefined): void {
    const users = presence && isComplete(presence) ? presence.users : [];
    if (this.fewest === Infinity) this.all = new Set(users);
    else this.all = this.all.size > 0 ? new Set(users.filter((user) => this.all.has(user))) : this.all;
    users.forEach((user) => this.any.add(user));
    this.fewest = Math.min(this.fewest, presence?.members ?? 0);
    this.most = Math.max(this.most, presence?.members ?? MAX_NAMED + 1);
    if (!this.latest || !presence || !isSame(this.latest, presence)) this.informed.clear();
    this.latest = presence;
    if (presence) this.informed.add(connection);
  }

  /** A connection is gone; its beliefs stay with those of the others. */
  left(connection: string): void {
    this.informed.delete(connection);
  }

  /** The change to send, and the connections that know it already; undefined when all members are right. */
  correct(truth: Presence): { change: Omit<PresenceChange, 'room'>; except: ReadonlySet<string> } | undefined {
    const { members, users } = truth;
    const isNamed = isComplete(truth);
    const there = new Set(isNamed ? users : []);
    const joined = [...there].filter((user) => !this.all.has(user));
    const left = isNamed ? [...this.any].filter((user) => !there.has(user)) : [];
    const isRight = this.fewest === members && this.most === members && joined.length + left.length === 0;
    const except = this.latest && isSame(this.latest, truth) ? this.informed : new Set<string>();
    this.settle(truth);
    if (isRight) return undefined;
    return { change: isNamed ? { joined, left, members } : { members }, except };
  }

  private settle(truth: Presence): void {
    const users = isComplete(truth) ? truth.users : [];
    this.all = new Set(users);
    this.any = new Set(users);
    this.fewest = this.most = truth.members;
    this.latest = undefined;
    this.informed = new Set();
  }
}

function isSame(a: Presence, b: Presence): boolean {
  return a.members === b.members && a.users.every((user, index) => user === b.users[index]);
}
