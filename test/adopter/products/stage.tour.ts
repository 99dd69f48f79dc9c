import { until } from '../../harness/until.js';
import type { OurPage } from './product.load.js';

/** The token of the admin API of a moved product. */
export const ADMIN_TOKEN = 'admin-token-of-a-moved-product';

/** The stages of a move there and back, and the wire that every page with our client has to be on before the next. */
const TOUR = [
  { change: { stage: 'shadow' }, wire: 'legacy' },
  { change: { stage: 'canary', percent: 50 } },
  { change: { stage: 'socketio' }, wire: 'socketio' },
  { change: { stage: 'canary', percent: 10 } },
  { change: { stage: 'legacy' }, wire: 'legacy' },
] as const;

/** Moves a service to Socket.IO and back through the admin API, with these pages. @throws Error with the answer to a refused move */
export async function tourOf(url: string, service: string, pages: readonly OurPage[]): Promise<void> {
  for (const { change, ...then } of TOUR) {
    const response = await fetch(`${url}/admin/migration/${service}`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...change, reason: 'there and back under load' }),
    });
    if (!response.ok) throw new Error(`unable to move ${service} to ${change.stage}; ${await response.text()}`);
    if (!('wire' in then)) continue;
    await until(`every page of ours on ${then.wire}`, () => pages.every((page) => page.wire() === then.wire), 30_000);
  }
}
