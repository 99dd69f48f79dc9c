import type { LeaseStore } from '../store/lease.store.js';

/** A run whose lease this process has, or thinks it has. */
export interface HeldRun {
  /** `untold`: the run is over here, and that could not be stored. `lost`: another process has ended it. */
  state: 'going' | 'untold' | 'lost';
  /** Whether the store has answered; until then it may not list the lease yet. */
  isAnswered: boolean;
  /** Tells the end of a run that is over and could not be told yet. */
  ending?: () => Promise<unknown>;
}

/** The runs whose leases this process has, by the leases' keys, and the leases on their way here and back. */
export class OwnedLeases {
  private readonly held = new Map<string, HeldRun>();
  /** Leases that are on their way back: none is taken again before that, or it would be given back with it. */
  private readonly returning = new Map<string, Promise<unknown>>();
  /** Leases that could not be given back yet. */
  private readonly leaving = new Set<string>();

  constructor(
    private readonly leases: LeaseStore | undefined,
    private readonly owner: string,
  ) {}

  /** Whether this process has the lease, or thinks so. */
  has(key: string): boolean {
    return this.held.has(key);
  }

  /** The run, if this process has its lease. */
  get(key: string): HeldRun | undefined {
    return this.held.get(key);
  }

  /** What is held now, with its keys. */
  list(): [key: string, held: HeldRun][] {
    return [...this.held];
  }

  /** Has the lease of a run that begins; false when somebody has it already. @throws Fault `store.unavailable` */
  async hold(key: string): Promise<boolean> {
    if (this.held.has(key)) return false;
    const held: HeldRun = { state: 'going', isAnswered: false };
    this.held.set(key, held);
    try {
      held.isAnswered = await this.take(key);
    } catch (error) {
      // It may have been taken all the same.
      this.leaving.add(key);
      throw error;
    } finally {
      if (!held.isAnswered) this.held.delete(key);
    }
    return held.isAnswered;
  }

  /** Has a lease on its way to the store at once, so that it is there before anything of the run is. */
  begin(key: string): HeldRun {
    const held: HeldRun = { state: 'going', isAnswered: false };
    this.held.set(key, held);
    const answered = () => void (held.isAnswered = true);
    this.take(key).then(answered, answered);
    return held;
  }

  /** Counts a lease as had that the store has given to this process. */
  adopt(key: string): void {
    this.held.set(key, { state: 'going', isAnswered: true });
  }

  /** Takes a lease that nobody else has, and answers whether it did. @throws Fault `store.unavailable` */
  async take(key: string): Promise<boolean> {
    await this.returning.get(key);
    this.leaving.delete(key);
    return this.leases?.take(key, this.owner) ?? true;
  }

  /** Gives a lease back, later if the store is away. */
  release(key: string): void {
    this.held.delete(key);
    const returning = this.leases?.release(key, this.owner).catch(() => this.leaving.add(key));
    if (!returning) return;
    this.returning.set(key, returning);
    void returning.then(() => this.returning.get(key) === returning && this.returning.delete(key));
  }

  /** Gives back what could not be given back before. @throws Fault `store.unavailable` */
  async releaseLeft(): Promise<void> {
    for (const key of [...this.leaving]) {
      if (!this.held.has(key)) await this.leases?.release(key, this.owner);
      this.leaving.delete(key);
    }
  }

  /** Keeps a lease until the end of its run is told, with `ending` if it is known how; one that is lost is let go. */
  tellLater(key: string, ending?: HeldRun['ending']): void {
    const held = this.held.get(key);
    if (held?.state === 'lost') this.held.delete(key);
    if (!held || held.state === 'lost') return;
    held.state = 'untold';
    // The first is how it ended; what comes after it says only that it could not be told.
    if (ending) held.ending ??= ending;
  }
}
