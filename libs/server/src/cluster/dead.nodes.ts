/**
 * Tells processes that are dead from those that only look so: once a store is back after a while, all processes look
 * dead until they have beaten again.
 */
export class DeadNodes {
  /** How often in a row each process has looked dead. */
  private looks = new Map<string, number>();

  /** @param needed how often in a row a process has to look dead before it counts as dead. */
  constructor(private readonly needed: number) {}

  /** Takes another look, at the processes that look dead now; returns those that count as dead. */
  look(looking: Iterable<string>): Set<string> {
    this.looks = new Map([...new Set(looking)].map((node) => [node, (this.looks.get(node) ?? 0) + 1]));
    return new Set([...this.looks].filter(([, looks]) => looks >= this.needed).map(([node]) => node));
  }

  /** Begins anew: looks from before the store went away say nothing about now. */
  clear(): void {
    this.looks.clear();
  }
}
