import type { StatsReport } from '@switchyard/contract';
import { ServerClock } from '../clock/server.clock.js';
import { TokenKeeper } from '../identity/token.keeper.js';
import { HttpApi } from './http.api.js';

/** What a browser lets requests carry that outlive their page, in bytes. */
const KEEPALIVE_BYTES = 65_536;

it.each([
  ['small', 1],
  ['large', 100_000],
])('a %s report of a page arrives', async (_size, length) => {
  const sent: { body: string; keepalive: boolean }[] = [];
  const http = new HttpApi({
    url: 'http://localhost',
    clientId: 'c',
    tokens: new TokenKeeper(undefined, { minMs: 1, maxMs: 2 }),
    clock: new ServerClock(),
    // As the standard of `fetch` says; Node.js has no such limit.
    fetch: (_url, init) => {
      const { body, keepalive } = init as { body: string; keepalive: boolean };
      if (keepalive && Buffer.byteLength(body) > KEEPALIVE_BYTES) return Promise.reject(new TypeError('too large'));
      sent.push({ body, keepalive });
      return Promise.resolve(Response.json({}));
    },
  });
  // Each of these characters has three bytes.
  const report: StatsReport = { counts: { ['€'.repeat(length / 3)]: 1 }, arrivals: {} };
  await http.report(report);
  expect(sent).toEqual([{ body: JSON.stringify(report), keepalive: length === 1 }]);
});
