import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { STORE, type Store } from '@switchyard/server';

/** How long a claim holds: as long as every call record, since stores expire those in the order they were made. */
const HELD_MS = 600_000;

/** Things that only one of several processes may do. */
@Injectable()
export class Claims {
  private readonly owner = randomUUID();

  constructor(@Inject(STORE) private readonly store: Store) {}

  /** Whether this caller is the first to claim `what` in ten minutes, of all processes that use the store. */
  async take(what: string): Promise<boolean> {
    const record = { state: 'pending', digest: what, owner: this.owner } as const;
    return (await this.store.calls.begin(`claim:${what}`, record, HELD_MS)) === undefined;
  }
}
