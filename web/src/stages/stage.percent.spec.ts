import { readPercent } from './stage.percent.js';

describe('the percentage of a canary', () => {
  it.each([
    ['0', 0],
    [' 5 ', 5],
    ['2.5', 2.5],
    ['99.999', 99.999],
    ['100', 100],
  ])('is read from “%s”', (typed, percent) => {
    expect(readPercent(typed)).toEqual({ percent });
  });

  it.each(['', '   '])('is asked for when “%s” is typed', (typed) => {
    expect(readPercent(typed)).toEqual({ problem: 'Enter the percentage of clients that use Socket.IO.' });
  });

  it.each(['five', '-1', '101', '100.001', '1e1', '0x10', '5 %', '2,5', '.5', 'NaN', 'Infinity'])(
    'is not read from “%s”',
    (typed) => {
      expect(readPercent(typed)).toEqual({ problem: 'Enter a number from 0 to 100, for example 5 or 2.5.' });
    },
  );

  it('has no more decimals than the server takes', () => {
    expect(readPercent('2.5001')).toEqual({ problem: 'Enter at most three decimals.' });
  });
});
