import { constants, setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { openPages, type Page } from './old.wire.pages.js';
import type { Compared, ShadowPart } from './parity.commands.js';

/** The longest time until every client has compared an event, in milliseconds. */
const COMPARE_MS = 30_000;
const LOOK_EVERY_MS = 50;

/** Clients on the old wire, all of which compare it with Socket.IO, or none. */
export class ShadowingClients {
  private pages: Page[] = [];

  /** Replaces the clients by others; resolves once all have joined their rooms, and have compared an event if they do. */
  async open({ keys, ...part }: ShadowPart): Promise<void> {
    this.leave();
    // Pages run on other machines, so this process must not take a processor from the server or from what is measured.
    setPriority(constants.priority.PRIORITY_LOW);
    this.pages = await openPages(part, (client, n) => client.room(keys[n % keys.length]!).messages$.subscribe());
    if (!part.isComparing) return;
    const until = performance.now() + COMPARE_MS;
    while (this.pages.some((page) => compared(page).matched === 0)) {
      if (performance.now() > until) throw new Error('unable to begin; a client has compared no event');
      await pause(LOOK_EVERY_MS);
    }
  }

  /** Closes the clients; returns what they have compared. */
  leave(): Compared {
    const all = { matched: 0, mismatches: 0 };
    for (const page of this.pages) {
      const { matched, mismatches } = compared(page);
      all.matched += matched;
      all.mismatches += mismatches;
      page.realtime.close();
    }
    this.pages = [];
    return all;
  }
}

function compared({ realtime }: Page): Compared {
  const [found] = Object.values(realtime.stats().parity);
  return { matched: found?.matched ?? 0, mismatches: found?.mismatches ?? 0 };
}
