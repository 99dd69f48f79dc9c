import { Fault, defineFaults, faultKinds } from './index.js';

describe('the fault registry', () => {
  it.each([...faultKinds()])('describes %s: what failed, why, and what to do', (code, { message, help, status }) => {
    expect(code).toMatch(/^[a-z]+\.[a-z_]+$/);
    expect(message).toMatch(/^unable to [^;]+; [^;.]+$/);
    expect(help).toMatch(/^[A-Z].*\.$/);
    expect(status).toBeGreaterThanOrEqual(400);
  });

  it.each([
    ['a code that is no area.reason', { Nonsense: { message: 'unable to a; b' } }],
    ['a message that breaks the grammar', { 'test.grammar': { message: 'Something went wrong' } }],
    ['a code that is taken', { 'call.failed': { message: 'unable to a; b' } }],
  ])('refuses %s', (_what, kinds) => {
    expect(() => defineFaults(kinds as never)).toThrow(/^unable to register/);
  });

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
    expect(() => new Fault('no.such_code')).toThrow(/no fault is registered/);
  });
});
