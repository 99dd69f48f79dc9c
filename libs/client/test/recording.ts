import type { Observable, Subscription } from 'rxjs';

/** Records the values of an observable, so that a test can wait for them. */
export class Recording<T> {
  readonly values: T[] = [];
  completed = false;
  error?: unknown;
  readonly subscription: Subscription;
  private readonly waiting = new Set<() => void>();

  constructor(observable: Observable<T>) {
    this.subscription = observable.subscribe({
      next: (value) => this.changed(() => this.values.push(value)),
      complete: () => this.changed(() => (this.completed = true)),
      error: (error: unknown) => this.changed(() => (this.error = error)),
    });
  }

  /** Resolves once `condition` holds. */
  async until(condition: (values: T[]) => boolean): Promise<void> {
    while (!condition(this.values)) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  async ended(): Promise<void> {
    while (!this.completed && this.error === undefined) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  stop(): void {
    this.subscription.unsubscribe();
  }

  private changed(change: () => void): void {
    change();
    this.waiting.forEach((resolve) => resolve());
    this.waiting.clear();
  }
}
