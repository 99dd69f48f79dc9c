/**
 * Decides which processes are dead. One look is not enough: after an outage of the store, every process looks dead until
 * its next heartbeat.
 */
export class DeadNodes {
  /** How often in a row each process has looked dead. */
  private looks = new Map<string, number>();

  /** @param needed how many looks in a row must find a process dead. */
  constructor(private readonly needed: number) {}

  /** Counts one more look; `looking` are the processes that look dead now. Returns those that are dead. */
  look(looking: Iterable<string>): Set<string> {
    this.looks = new Map([...new Set(looking)].map((node) => [node, (this.looks.get(node) ?? 0) + 1]));
    return new Set([...this.looks].filter(([, looks]) => looks >= this.needed).map(([node]) => node));
  }

  /** Starts over: looks from before an outage of the store do not count. */
  clear(): void {
    this.looks.clear();
  }
}
