import { Fault, RemoteFault, type RealtimeConfig } from '@switchyard/contract';
import { ConfigSource } from './config.source.js';

/** A server that answers each request on the test's command. */
const start = () => {
  const requests: { answer(namespace: string): void; fail(fault?: Fault | RemoteFault): void }[] = [];
  let asked: () => void = () => undefined;
  const config = () =>
    new Promise<RealtimeConfig>((resolve, reject) => {
      const answer = (namespace: string) => {
        const notes = { wire: 'socketio', stage: 'socketio', namespace, poll_path: '' } as const;
        resolve({ version: '1.0', server_time: '', features: {}, limits: {}, services: { notes } });
      };
      requests.push({ answer, fail: (fault = new Fault('wire.lost')) => reject(fault) });
      asked();
    });
  const source = new ConfigSource({ config }, { minMs: 1, maxMs: 2 }, { renewable: true, retryDelay: () => 0 });
  const sent = async (count: number) => {
    while (requests.length < count) await new Promise<void>((resolve) => (asked = resolve));
  };
  return { source, requests, sent };
};
const ignore = () => undefined;
afterEach(() => jest.restoreAllMocks());

it('the config source sends one request for all services that ask before it is sent', async () => {
  const { source, requests, sent } = start();
  const first = source.address('notes', ignore);
  await sent(1);
  requests[0]!.answer('/one');
  await first;
  const asking = [source.latest('notes', false), source.latest('notes', true), source.latest('notes', false)];
  await sent(2);
  requests[1]!.answer('/two');
  expect((await Promise.all(asking)).map(({ namespace }) => namespace)).toEqual(['/two', '/two', '/two']);
  expect(requests).toHaveLength(2);
});

it('the config source sends a new request for a caller that comes while one is under way', async () => {
  const { source, requests, sent } = start();
  const early = source.latest('notes', false);
  await sent(1);
  const late = source.latest('notes', true);
  requests[0]!.answer('/early');
  await sent(2);
  requests[1]!.answer('/late');
  expect([(await early).namespace, (await late).namespace]).toEqual(['/early', '/late']);
});

it('the config source repeats its request until an answer comes, counts the failures, and keeps the last answer', async () => {
  const { source, requests, sent } = start();
  const failures: number[] = [];
  const first = source.address('notes', (count) => failures.push(count));
  for (let n = 1; n <= 3; n += 1) {
    await sent(n);
    requests[n - 1]!.fail();
  }
  await sent(4);
  requests[3]!.answer('/one');
  expect((await first).namespace).toBe('/one');
  expect(failures).toEqual([1, 2, 3]);
  expect((await source.address('notes', ignore)).namespace).toBe('/one');
  expect(requests).toHaveLength(4);
  await expect(source.address('other', ignore)).rejects.toMatchObject({ code: 'service.unknown' });
});

it('the config source asks again for a service that is first used long after its last answer', async () => {
  const { source, requests, sent } = start();
  const first = source.address('notes', ignore);
  await sent(1);
  requests[0]!.answer('/one');
  await first;
  const now = performance.now();
  jest.spyOn(performance, 'now').mockReturnValue(now + 5000);
  // A request without an answer makes the last answer no newer.
  const waiting = source.latest('notes', true);
  await sent(2);
  requests[1]!.fail();
  await sent(3);
  const later = source.address('notes', ignore);
  requests[2]!.answer('/two');
  await sent(4);
  requests[3]!.answer('/three');
  expect([(await waiting).namespace, (await later).namespace]).toEqual(['/two', '/three']);
});

it('the config source rejects every waiting caller when it is closed, with a request under way or without', async () => {
  const { source, requests, sent } = start();
  const out = source.latest('notes', false);
  await sent(1);
  const waiting = source.latest('notes', false);
  source.close();
  await expect(waiting).rejects.toMatchObject({ code: 'client.closed' });
  requests[0]!.fail();
  await expect(out).rejects.toMatchObject({ code: 'client.closed' });
  await expect(source.latest('notes', false)).rejects.toMatchObject({ code: 'client.closed' });
  expect(requests).toHaveLength(1);
});

it('the config source rejects its callers when the server refuses for good, and asks again for the next caller', async () => {
  const { source, requests, sent } = start();
  const failures: number[] = [];
  const [first, second] = [source.address('notes', (count) => failures.push(count)), source.latest('notes', true)];
  await sent(1);
  requests[0]!.fail(new RemoteFault(new Fault('store.unavailable').toBody()));
  await sent(2);
  requests[1]!.fail(new RemoteFault(new Fault('auth.invalid').toBody()));
  await expect(first).rejects.toMatchObject({ code: 'auth.invalid' });
  await expect(second).rejects.toMatchObject({ code: 'auth.invalid' });
  expect(failures).toEqual([1]);
  const next = source.address('notes', ignore);
  await sent(3);
  requests[2]!.answer('/one');
  expect((await next).namespace).toBe('/one');
});
