import { ServerClock } from '../clock/server.clock.js';
import { HttpApi } from '../http/http.api.js';
import { TokenKeeper } from '../identity/token.keeper.js';
import { PageReport } from './page.report.js';
import { PageStatistics } from './page.statistics.js';

/** What a browser lets requests carry that outlive their page, in bytes. */
const KEEPALIVE_BYTES = 65_536;

it.each([
  ['small', 1],
  ['large', 100_000],
])('a %s report of a page arrives', async (_size, length) => {
  const sent: { body: string; keepalive: boolean }[] = [];
  const tokens = new TokenKeeper(undefined, { minMs: 1, maxMs: 2 });
  const clock = new ServerClock();
  const statistics = new PageStatistics(clock, []);
  // Each of these characters has three bytes.
  const name = '€'.repeat(length / 3);
  // Before the code for reports is loaded.
  statistics.addToReport(name, 1);
  const answered = new Promise<void>((resolve, reject) => {
    const http = new HttpApi({
      url: 'http://localhost',
      clientId: 'c',
      tokens,
      clock,
      // As the standard of `fetch` says; Node.js has no such limit.
      fetch: (_url, init) => {
        const { body, keepalive } = init as { body: string; keepalive: boolean };
        if (keepalive && Buffer.byteLength(body) > KEEPALIVE_BYTES) reject(new TypeError('too large'));
        sent.push({ body, keepalive });
        return Promise.resolve(Response.json({ shadows: { notes: null } }));
      },
    });
    new PageReport({ everyMs: 60_000, statistics, clock, http, tokens, compareWith: () => resolve() }).close();
  });
  await answered;
  expect(sent).toEqual([{ body: JSON.stringify({ counts: { [name]: 1 }, arrivals: {} }), keepalive: length === 1 }]);
});
