import { ServerClock } from './server.clock.js';

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

it('the server clock keeps the most certain answer', () => {
  const clock = new ServerClock();
  clock.observe(inMs(5000), performance.now());
  // The clock assumes that this was sent half a second ago.
  clock.observe(inMs(4600), performance.now() - 1000);
  const { offsetMs, uncertaintyMs } = clock.estimate()!;
  expect(uncertaintyMs).toBeLessThan(400);
  expect(Math.abs(offsetMs - 5000)).toBeLessThanOrEqual(uncertaintyMs + 1);
});

it('the server clock believes an answer that contradicts its estimate, as after a sleep of the machine', () => {
  const clock = new ServerClock();
  clock.observe(inMs(0), performance.now());
  clock.observe(inMs(3_600_000), performance.now() - 200);
  expect(clock.estimate()!.offsetMs).toBeGreaterThan(3_599_000);
  expect(clock.now()).toBeGreaterThan(Date.now() + 3_599_000);
});

it('the server clock ignores an answer without a time', () => {
  const clock = new ServerClock();
  clock.observe(undefined, 0);
  clock.observe('soon', 0);
  expect(clock.estimate()).toBeUndefined();
});
