import { Fault, RemoteFault } from '@switchyard/contract';
import { CallRecord, type CallFigures } from './call.record.js';

const CLEAN: CallFigures = { made: 2, whileMoving: 0, refused: 0, unknown: 0, open: 0, without: 0, repeated: 0 };

describe('the record of calls', () => {
  let record: CallRecord;
  beforeEach(() => {
    record = new CallRecord();
  });
  const make = (key: string, answer: Promise<unknown> = Promise.resolve()) => record.make(key, () => answer);

  it('finds one effect for each call, among effects of others', async () => {
    make('a');
    make('b');
    await record.settled();
    expect(record.compare(['b', 'x', 'x', 'a'])).toEqual(CLEAN);
  });

  it('finds a call without an effect, though it was answered', async () => {
    make('a');
    make('b');
    await record.settled();
    expect(record.compare(['a'])).toEqual({ ...CLEAN, without: 1 });
  });

  it('finds a call with two effects', async () => {
    make('a');
    make('b');
    await record.settled();
    expect(record.compare(['a', 'b', 'a'])).toEqual({ ...CLEAN, repeated: 1 });
  });

  it('counts refused calls apart from their effects, and keeps why they were refused', async () => {
    make('a');
    make('b', Promise.reject(new RemoteFault(new Fault('room.forbidden').toBody())));
    await record.settled();
    expect(record.compare(['a', 'b'])).toEqual({ ...CLEAN, refused: 1 });
    expect(record.refusals).toEqual(['room.forbidden']);
  });

  it('counts the calls whose outcome the server could not tell', async () => {
    make('a');
    make('b');
    record.noteUnknown();
    await record.settled();
    expect(record.compare(['a', 'b'])).toEqual({ ...CLEAN, unknown: 1 });
  });

  it('counts a call as open until it is answered', async () => {
    let answer = () => {};
    make('a');
    make('b', new Promise<void>((resolve) => (answer = resolve))).whileMoving = true;
    const open = record.compare(['a', 'b']);
    answer();
    await record.settled();
    expect([open.open, record.compare(['a', 'b'])]).toEqual([2, { ...CLEAN, whileMoving: 1 }]);
  });
});
