import { Inject, Injectable, Logger } from '@nestjs/common';
import type { MoveEffect } from '@switchyard/contract';
import { effectWrite } from '../stages/effect.documents.js';
import { STORE, type Store } from '../store/store.js';

/** How long an effect may grow before it is written, in ms. */
const WRITE_MS = 500;

/** Keeps in the store what each change of a stage did to the clients of this process. */
@Injectable()
export class MoveEffects {
  private readonly logger = new Logger('cutover');
  private readonly unwritten = new Map<string, MoveEffect>();
  private timer: NodeJS.Timeout | undefined;
  private isFailing = false;

  constructor(@Inject(STORE) private readonly store: Store) {}

  /** Writes the effect of a change soon; it may grow until then. */
  write(audit: string, effect: MoveEffect): void {
    this.unwritten.set(audit, effect);
    this.timer ??= setTimeout(() => void this.flush(), WRITE_MS).unref();
  }

  /** Writes now what is not written yet. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const effects = [...this.unwritten];
    this.unwritten.clear();
    const writes = effects.map(([audit, effect]) => effectWrite(audit, this.store.node, effect));
    if (writes.length === 0) return;
    try {
      await this.store.documents.write(writes);
      this.isFailing = false;
    } catch (error) {
      // It is tried twice a second, for as long as the store is away.
      if (!this.isFailing) this.logger.warn(`unable to record what a change of stage did; ${String(error)}; it waits`);
      this.isFailing = true;
      for (const [audit, effect] of effects) if (!this.unwritten.has(audit)) this.write(audit, effect);
    }
  }
}
