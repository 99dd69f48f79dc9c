import { MovePace } from './move.pace.js';

/** Keeps the event loop busy for `ms` milliseconds. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Moves clients one after another for a little more than one measurement, with `pause` between; returns how many per second. */
async function move(pace: MovePace, pause: () => Promise<unknown>, wire = 'socketio'): Promise<number> {
  const begin = performance.now();
  let moves = 0;
  while (performance.now() - begin < 1300) {
    pace.moved(wire);
    moves += 1;
    await pause();
  }
  return (moves / (performance.now() - begin)) * 1000;
}

const idle = () => new Promise((resolve) => setTimeout(resolve, 100));
const busy = async () => {
  work(10);
  await new Promise((resolve) => setImmediate(resolve));
};

describe('the pace of moves', () => {
  it('gives each client the same share of the time', () => {
    const pace = new MovePace();
    const one = pace.within('socketio', 1);
    expect(one).toBeGreaterThan(0);
    expect(pace.within('socketio', 500)).toBe(500 * one);
    expect(pace.within('legacy', 0)).toBe(0);
  });

  it('lets clients return to an old wire quickly, also after returns that filled the event loop', async () => {
    const pace = new MovePace();
    expect(pace.within('legacy', 700)).toBeLessThan(3000);
    expect(pace.within('legacy', 700)).toBeLessThan(pace.within('socketio', 700));
    await move(pace, busy, 'legacy');
    expect(pace.within('legacy', 700)).toBeLessThan(3000);
  });

  it('slows down for a wire whose moves fill the event loop, and for that one only', async () => {
    const pace = new MovePace();
    const before = pace.within('socketio', 1000);
    const ofOther = pace.within('legacy', 1000);
    const rate = await move(pace, busy);
    const after = pace.within('socketio', 1000);
    expect(after).toBeGreaterThan(before);
    // The whole loop was busy at this rate, so that half of it takes fewer.
    expect(1_000_000 / after).toBeLessThan(rate);
    expect(pace.within('legacy', 1000)).toBe(ofOther);
  });

  it('does not blame the moves for other work of the process', async () => {
    const pace = new MovePace();
    const before = pace.within('socketio', 1000);
    // The event loop is full before the moves, and no fuller with them.
    const begin = performance.now();
    while (performance.now() - begin < 1100) await busy();
    pace.within('socketio', 1000);
    await move(pace, busy);
    expect(pace.within('socketio', 1000)).toBeLessThanOrEqual(before);
  });

  it('never gets slower through a few moves on an idle event loop, nor faster than twice what they were', async () => {
    const pace = new MovePace();
    const before = pace.within('socketio', 1000);
    // Twice ten moves a second are fewer than it began with.
    await move(pace, idle);
    expect(pace.within('socketio', 1000)).toBe(before);
  });
});
