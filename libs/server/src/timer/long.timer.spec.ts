import { MAX_TIMER_MS, startTimer, timerMs } from './long.timer.js';

const DAY_MS = 86_400_000;

describe('a timer', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it.each([1, 1000, 24 * DAY_MS, 25 * DAY_MS, 365 * DAY_MS])('waits for %i ms and no less', (ms) => {
    const done = jest.fn();
    startTimer(ms, done);
    jest.advanceTimersByTime(ms - 1);
    expect(done).toHaveBeenCalledTimes(0);
    jest.advanceTimersByTime(1);
    expect(done).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(100 * DAY_MS);
    expect(done).toHaveBeenCalledTimes(1);
  });

  it('can be stopped, also after the first part of a long wait', () => {
    const done = jest.fn();
    const stop = startTimer(60 * DAY_MS, done);
    jest.advanceTimersByTime(30 * DAY_MS);
    stop();
    jest.advanceTimersByTime(100 * DAY_MS);
    expect(done).not.toHaveBeenCalled();
  });

  it.each([
    [-1, 0],
    [5, 5],
    [MAX_TIMER_MS, MAX_TIMER_MS],
    [MAX_TIMER_MS + 1, MAX_TIMER_MS],
    [Infinity, MAX_TIMER_MS],
  ])('for %d ms is set to %d ms', (ms, expected) => {
    expect(timerMs(ms)).toBe(expected);
  });
});
