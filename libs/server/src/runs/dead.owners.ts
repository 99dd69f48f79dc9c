import type { Lease } from '../store/store.js';

/** How often in a row an owner has to look dead: once Redis is back after a while, all do until they have said a word. */
const LOOKS = 3;

/** Tells owners of leases that are dead from those that only looked so. */
export class DeadOwners {
  /** How often in a row an owner has looked dead. */
  private looks = new Map<string, number>();

  /** Takes another look; returns the leases of owners that are dead by now. */
  look(listed: readonly Lease[], self: string): Lease[] {
    const dead = new Set(listed.filter(({ isAlive, owner }) => !isAlive && owner !== self).map(({ owner }) => owner));
    this.looks = new Map([...dead].map((owner) => [owner, (this.looks.get(owner) ?? 0) + 1]));
    return listed.filter(({ owner }) => (this.looks.get(owner) ?? 0) >= LOOKS);
  }

  /** Begins anew: what was seen before the store went away says nothing about now. */
  clear(): void {
    this.looks.clear();
  }
}
