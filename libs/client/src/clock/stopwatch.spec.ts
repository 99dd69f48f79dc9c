import { stopwatch } from './stopwatch.js';

afterEach(() => jest.restoreAllMocks());

/** Two clocks that a test moves, because no machine sleeps for a test. */
const clocks = () => {
  const now = { wall: 1_000_000, monotonic: 5000 };
  jest.spyOn(Date, 'now').mockImplementation(() => now.wall);
  jest.spyOn(performance, 'now').mockImplementation(() => now.monotonic);
  return now;
};

it.each([
  ['while both clocks go on', 700, 700, 700],
  ['while the machine sleeps, which the monotonic clock does not count', 600_000, 0, 600_000],
  ['though the wall clock is set back', -3_600_000, 700, 700],
])('the stopwatch counts %s', (_how, wall, monotonic, expected) => {
  const now = clocks();
  const elapsed = stopwatch();
  now.wall += wall;
  now.monotonic += monotonic;
  expect(elapsed()).toBe(expected);
});
