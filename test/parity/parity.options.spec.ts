import { HELP, readOptions } from './parity.options.js';

describe('the options of npm run parity', () => {
  it.each([
    [['--events', '0'], '--events must be a whole number of at least 1'],
    [['--cut', '101'], '--cut must be a number of at least 0 up to 100'],
    [['--sample', '0'], '--sample must be a number above 0 up to 100'],
    [['--only', 'speed'], '--only must be alarms or cost'],
  ])('are refused with the reason when they are %j', (args, reason) => {
    expect(() => readOptions(args)).toThrow(`unable to begin; ${reason}`);
  });

  it.each(['only', 'events', 'cut', 'pairs', 'sample', 'seed', 'json'])('have --%s in their help', (option) => {
    expect(readOptions(['--help'])).toBeUndefined();
    expect(HELP).toContain(`--${option} `);
  });
});
