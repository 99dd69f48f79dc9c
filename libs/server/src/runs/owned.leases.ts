import type { LeaseStore } from '../store/lease.store.js';

/** A run whose lease this process owns, or believes so. */
export interface HeldRun {
  /** `unpublished`: the run has ended here, and its end could not be stored. `lost`: another process has ended it. */
  state: 'running' | 'unpublished' | 'lost';
  /** Whether the store has answered; before that, its list may lack the lease. */
  isAnswered: boolean;
  /** Publishes the end of a run that could not be published yet. */
  ending?: () => Promise<unknown>;
}

/** The leases that this process owns, takes and releases. */
export class OwnedLeases {
  private readonly held = new Map<string, HeldRun>();
  /** The releases under way; a lease is taken again only after its release, which would free it otherwise. */
  private readonly releasing = new Map<string, Promise<unknown>>();
  /** Leases that could not be released yet. */
  private readonly unreleased = new Set<string>();

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

  /** All runs of this process, with their keys. */
  list(): [key: string, held: HeldRun][] {
    return [...this.held];
  }

  /** Takes the lease of a run that begins; false when another owner has it. @throws Fault `store.unavailable` */
  async hold(key: string): Promise<boolean> {
    if (this.held.has(key)) return false;
    const held: HeldRun = { state: 'running', isAnswered: false };
    this.held.set(key, held);
    try {
      held.isAnswered = await this.take(key);
    } catch (error) {
      // The store may have stored the lease before the error.
      this.unreleased.add(key);
      throw error;
    } finally {
      if (!held.isAnswered && this.held.get(key) === held) this.held.delete(key);
    }
    // If this process has meanwhile adopted the lease to end an orphan of this key, the new run does not begin.
    return held.isAnswered && this.held.get(key) === held;
  }

  /** Sends the lease of a run to the store at once, so that it arrives before the run's first event. */
  begin(key: string): HeldRun {
    const held: HeldRun = { state: 'running', isAnswered: false };
    this.held.set(key, held);
    const answered = () => void (held.isAnswered = true);
    this.take(key).then(answered, answered);
    return held;
  }

  /** Records a lease that the store has given to this process. */
  adopt(key: string): void {
    this.held.set(key, { state: 'running', isAnswered: true });
  }

  /** Takes a lease; false when another owner has it. @throws Fault `store.unavailable` */
  async take(key: string): Promise<boolean> {
    await this.releasing.get(key);
    this.unreleased.delete(key);
    return this.leases?.take(key, this.owner) ?? true;
  }

  /** Releases a lease, later if the store is away. */
  release(key: string): void {
    this.held.delete(key);
    const releasing = this.leases?.release(key, this.owner).catch(() => this.unreleased.add(key));
    if (!releasing) return;
    this.releasing.set(key, releasing);
    void releasing.then(() => this.releasing.get(key) === releasing && this.releasing.delete(key));
  }

  /** Releases the leases that could not be released before. @throws Fault `store.unavailable` */
  async retryReleases(): Promise<void> {
    for (const key of [...this.unreleased]) {
      if (!this.held.has(key)) await this.leases?.release(key, this.owner);
      this.unreleased.delete(key);
    }
  }

  /** Keeps a lease until the end of its run is published, with `ending` if given; a lost lease is dropped. */
  publishEndLater(key: string, ending?: HeldRun['ending']): void {
    const held = this.held.get(key);
    if (held?.state === 'lost') this.held.delete(key);
    if (!held || held.state === 'lost') return;
    held.state = 'unpublished';
    // The first `ending` says how the run ended; later ones only say that this could not be published.
    if (ending) held.ending ??= ending;
  }
}
