import { Fault, RemoteFault, checkFaultKinds, defineFaults, faultKinds } from './index.js';

describe('the fault registry', () => {
  it.each([...faultKinds()])('describes %s: what failed, why, and what to do', (code, { message, help, status }) => {
    expect(code).toMatch(/^[a-z]+\.[a-z_]+$/);
    expect(message).toMatch(/^unable to [^;]+; [^;.]+$/);
    expect(help).toMatch(/^[A-Z].*\.$/);
    expect(status).toBeGreaterThanOrEqual(400);
  });

  it('refuses a code that is taken', () => {
    expect(() => defineFaults({ 'call.failed': { message: 'unable to a; b' } } as never)).toThrow(
      /^unable to register/,
    );
  });

  it.each([
    ['a code that is no area.reason', 'Nonsense', 'unable to a; b'],
    ['a message that breaks the grammar', 'test.grammar', 'Something went wrong'],
    ['a message of three parts', 'test.parts', 'unable to a; b; c'],
  ])('has %s found by a check', (_what, code, message) => {
    expect(() => checkFaultKinds([[code, { message }]])).toThrow(/^unable to raise/);
  });

  it('holds only kinds that pass the check', () => expect(() => checkFaultKinds()).not.toThrow());

  it('takes the same kinds again, as when a module is loaded a second time', () => {
    const kinds = {
      'test.twice': { status: 409, recoverable: false, message: 'unable to a; b', help: 'Do c.' },
    } as const;
    defineFaults(kinds);
    expect(defineFaults({ 'test.twice': { ...kinds['test.twice'] } })).toEqual(kinds);
    for (const other of [{ status: 400 }, { recoverable: true }, { message: 'unable to a; d' }, { help: 'Do e.' }]) {
      expect(() => defineFaults({ 'test.twice': { ...kinds['test.twice'], ...other } as never })).toThrow(/is taken/);
    }
  });

  describe('of another copy of the contract', () => {
    let copy: typeof import('./index.js');
    beforeAll(() => jest.isolateModules(() => (copy = jest.requireActual<typeof copy>('./index.js'))));

    it('are known here by their codes', () => {
      copy.defineFaults({ 'test.copy': { status: 409, recoverable: false, message: 'unable to a; b', help: 'Do c.' } });
      expect(new Fault('test.copy')).toMatchObject({ status: 409 });
    });

    it('are instances here, each of its own class', () => {
      const [fault, remote] = [new copy.Fault('call.failed'), new copy.RemoteFault(new Fault('wire.lost').toBody())];
      expect(copy.Fault).not.toBe(Fault);
      expect([fault instanceof Fault, remote instanceof RemoteFault]).toEqual([true, true]);
      expect([fault instanceof RemoteFault, remote instanceof Fault]).toEqual([false, false]);
      expect(Fault.from(fault)).toBe(fault);
    });

    it('are no instances of a subclass that an application makes', () => {
      class Refused extends Fault {}
      expect([new Refused('call.failed') instanceof Refused, new Refused('call.failed') instanceof Fault]).toEqual([
        true,
        true,
      ]);
      expect([new Fault('call.failed') instanceof Refused, new copy.Fault('call.failed') instanceof Refused]).toEqual([
        false,
        false,
      ]);
    });
  });

  it.each([undefined, null, 'call.failed', new Error('call.failed'), { code: 'call.failed' }])(
    'is no class of %p',
    (other) => {
      expect([(other as unknown) instanceof Fault, (other as unknown) instanceof RemoteFault]).toEqual([false, false]);
    },
  );

  it('turns a fault into the body of an error, with its time and without its cause', () => {
    const fault = new Fault('room.not_found', { room: 'r' }, { cause: new Error('inner') });
    expect(fault.toBody()).toEqual({
      code: 'room.not_found',
      error: 'unable to join the room; nothing is known under this id',
      timestamp: expect.stringMatching(/Z$/),
      recoverable: false,
      help: expect.any(String),
      details: { room: 'r' },
    });
    expect(JSON.stringify(fault.toBody())).not.toContain('inner');
  });

  it('reports every other thrown value as call.failed', () => {
    const thrown = new Error('inner');
    expect(Fault.from(thrown)).toMatchObject({ code: 'call.failed', cause: thrown });
    expect(() => new Fault('no.such_code')).toThrow(/it is not registered/);
  });
});
