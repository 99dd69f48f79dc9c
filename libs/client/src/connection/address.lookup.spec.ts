import type { ServiceAddress } from '@switchyard/contract';
import { AddressLookup } from './address.lookup.js';

const ADDRESS: ServiceAddress = { wire: 'socketio', stage: 'socketio', namespace: '/notes', poll_path: '' };

/** A lookup that records each request, and whether the server was known to be reachable. */
const start = (backoff = { minMs: 60_000, maxMs: 60_000 }) => {
  const asked: boolean[] = [];
  const latest = (isReachable: boolean) => {
    asked.push(isReachable);
    return Promise.resolve(ADDRESS);
  };
  const lookup = new AddressLookup({
    backoff,
    latest,
    follow: () => Promise.resolve(true),
  });
  return { lookup, asked };
};

it('the address lookup asks when the wire is lost, when polling replaces it, and when it returns', () => {
  const { lookup, asked } = start();
  for (const reach of ['wire', 'nothing', 'fallback', 'nothing', 'wire'] as const) lookup.review(reach);
  expect(asked).toEqual([false, true, false, true]);
  lookup.close();
});

it('the address lookup sends no request on the first connection, nor while nothing changes', () => {
  const { lookup, asked } = start();
  for (const reach of ['starting', 'wire', 'wire'] as const) lookup.review(reach);
  expect(asked).toEqual([]);
  lookup.close();
});

it('the address lookup sends no request when the wire returns while a fallback, which carries announcements, served', () => {
  const { lookup, asked } = start();
  for (const reach of ['wire', 'nothing', 'fallback', 'wire'] as const) lookup.review(reach);
  expect(asked).toEqual([false, true]);
  lookup.close();
});

it('the address lookup asks again and again only while nothing serves', async () => {
  jest.useFakeTimers();
  const { lookup, asked } = start({ minMs: 10, maxMs: 20 });
  lookup.review('nothing');
  await jest.advanceTimersByTimeAsync(1000);
  expect(asked.length).toBeGreaterThan(2);
  lookup.review('fallback');
  asked.length = 0;
  await jest.advanceTimersByTimeAsync(60_000);
  expect(asked).toEqual([]);
  lookup.close();
  jest.useRealTimers();
});
