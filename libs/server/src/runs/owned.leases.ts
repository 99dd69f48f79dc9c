import type { LeaseStore } from '../store/lease.store.js';

/** A run whose lease this process has, or thinks it has. */
export interface HeldRun {
  /** `untold`: the run has ended here and its end could not be stored. `lost`: another process has ended it. */
  state: 'going' | 'untold' | 'lost';
  /** Whether the store has answered; before that it may not list the lease. */
  isAnswered: boolean;
  /** Publishes the end of a run that could not be published yet. */
  ending?: () => Promise<unknown>;
}

/** The runs whose leases this process owns, and the leases that are being taken or released. */
export class OwnedLeases {
  private readonly held = new Map<string, HeldRun>();
  /** Leases that are being released: none is taken again before that, or the release would free it. */
  private readonly returning = new Map<string, Promise<unknown>>();
  /** Leases that could not be released yet. */
  private readonly leaving = new Set<string>();

  constructor(
    private readonly leases: LeaseStore | undefined,
    private readonly owner: string,
  ) {}

  /** Whether this process owns the lease, or believes so. */
  has(key: string): boolean {
    return this.held.has(key);
  }

  /** The run, if this process owns its lease. */
  get(key: string): HeldRun | undefined {
    return this.held.get(key);
  }

  /** The runs held now, with their keys. */
  list(): [key: string, held: HeldRun][] {
    return [...this.held];
  }

  /** Takes the lease of a run that begins; false when another owner has it. @throws Fault `store.unavailable` */
  async hold(key: string): Promise<boolean> {
    if (this.held.has(key)) return false;
    const held: HeldRun = { state: 'going', isAnswered: false };
    this.held.set(key, held);
    try {
      held.isAnswered = await this.take(key);
    } catch (error) {
      // The store may have taken it all the same.
      this.leaving.add(key);
      throw error;
    } finally {
      if (!held.isAnswered && this.held.get(key) === held) this.held.delete(key);
    }
    // Meanwhile this process may have seized the lease to end the run of a dead process: that end is the only one.
    return held.isAnswered && this.held.get(key) === held;
  }

  /** Sends a lease to the store at once, so that it arrives before the run's first event. */
  begin(key: string): HeldRun {
    const held: HeldRun = { state: 'going', isAnswered: false };
    this.held.set(key, held);
    const answered = () => void (held.isAnswered = true);
    this.take(key).then(answered, answered);
    return held;
  }

  /** Records a lease that the store has given to this process. */
  adopt(key: string): void {
    this.held.set(key, { state: 'going', isAnswered: true });
  }

  /** Takes a free lease, and answers whether it did. @throws Fault `store.unavailable` */
  async take(key: string): Promise<boolean> {
    await this.returning.get(key);
    this.leaving.delete(key);
    return this.leases?.take(key, this.owner) ?? true;
  }

  /** Releases a lease, later if the store is away. */
  release(key: string): void {
    this.held.delete(key);
    const returning = this.leases?.release(key, this.owner).catch(() => this.leaving.add(key));
    if (!returning) return;
    this.returning.set(key, returning);
    void returning.then(() => this.returning.get(key) === returning && this.returning.delete(key));
  }

  /** Releases the leases that could not be released before. @throws Fault `store.unavailable` */
  async releaseLeft(): Promise<void> {
    for (const key of [...this.leaving]) {
      if (!this.held.has(key)) await this.leases?.release(key, this.owner);
      this.leaving.delete(key);
    }
  }

  /** Keeps a lease until the end of its run is published, by `ending` if given; a lost lease is dropped. */
  tellLater(key: string, ending?: HeldRun['ending']): void {
    const held = this.held.get(key);
    if (held?.state === 'lost') this.held.delete(key);
    if (!held || held.state === 'lost') return;
    held.state = 'untold';
    // The first one is how the run ended; later ones only repeat that it could not be published.
    if (ending) held.ending ??= ending;
  }
}
