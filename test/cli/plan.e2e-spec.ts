import type { RolloutPlan } from '@switchyard/contract';
import { AdminClient } from '../harness/admin.client.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { PlanClient } from '../harness/plan.client.js';
import { startBoard, type BoardServer } from './board.server.js';
import { startCli, startInTerminal } from './cli.process.js';

const STEPS = '1%:10m, 2.5%:1.5h, 50%:2d, socketio';

const startOf = (steps: string) => ['--steps', steps, '--reason', 'why', '--unwatched', '--yes'];

describe('switchyard plan', () => {
  let server: BoardServer;
  let plans: PlanClient;
  beforeEach(async () => {
    server = await startBoard({ planLookMs: 50 });
    plans = new PlanClient(server.url, 'board');
    await server.set({ stage: 'shadow' });
  });
  afterEach(() => server.close());

  const plan = (...args: string[]) => server.run('plan', 'board', ...args);
  const start = (steps: string, ...more: string[]) => plan(...startOf(steps), ...more);

  it('starts a plan with the pauses that it reads', async () => {
    const { code, out } = await start(STEPS, '--json');
    expect(code).toBe(0);
    const { service, plan: begun } = JSON.parse(out) as { service: string; plan: RolloutPlan };
    expect(service).toBe('board');
    expect(begun).toMatchObject({ id: (await plans.read()).id, by: 'ada', reason: 'why', unwatched: true, step: 0 });
    expect(begun.steps).toEqual([
      { stage: 'canary', percent: 1, pause_s: 600 },
      { stage: 'canary', percent: 2.5, pause_s: 5400 },
      { stage: 'canary', percent: 50, pause_s: 172_800 },
      { stage: 'socketio', pause_s: 0 },
    ]);
    expect(server.board()).toMatchObject({ stage: 'canary', percent: 1, updated_by: 'plan of ada' });
  });

  it('shows the steps, where the plan is and when the next one comes', async () => {
    await start('shadow:0s, 1%:10m, 2.5%:1h, socketio');
    await plans.until('the second step', ({ step }) => step === 1);
    const { code, out } = await plan();
    expect(code).toBe(0);
    expect(out).toMatch(/^board: step 2 of 4 is running, next in (10 min|9 min \d+ s)$/m);
    expect(out).toMatch(/ by ada: why$/m);
    expect(out).toContain('the pauses alone count');
    expect(out).toMatch(/^STEP +STAGE +PAUSE +STATE +HEALTHY FOR +NEXT IN$/m);
    expect(out).toMatch(/^ +1 +shadow +0 s +done$/m);
    expect(out).toMatch(/^ +2 +canary 1 % +10 min +running +\d+ s +(10 min|9 min \d+ s)$/m);
    expect(out).toMatch(/^ +3 +canary 2.5 % +1 h$/m);
    expect(out).toMatch(/^ +4 +socketio +0 s$/m);
  });

  it('says when a service has none', async () => {
    expect(await plan()).toMatchObject({ code: 0, out: 'board has no plan.\n' });
    expect(JSON.parse((await plan('--json')).out)).toEqual({ service: 'board', plan: null });
  });

  it('pauses, resumes and stops', async () => {
    await start(STEPS);
    const change = (option: string) => plan(option, '--reason', 'lunch', '--as', 'bob');
    expect((await change('--pause')).out).toContain('board: step 1 of 4 is paused: bob: lunch');
    expect((await change('--resume')).out).toContain('board: step 1 of 4 is running');
    expect((await change('--stop')).out).toContain('board: step 1 of 4 is stopped: bob: lunch');
    const { code, err } = await change('--pause');
    expect(code).toBe(1);
    expect(err).toContain('it is over');
    expect(err).toContain('It is stopped. To start a new one: --steps.');
  });

  it('says what to do about a plan that runs, missing thresholds, a hold and a brake', async () => {
    const refused = await plan('--steps', STEPS, '--reason', 'why', '--yes');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('--unwatched');
    await start(STEPS);
    const second = await start(STEPS);
    expect(second.code).toBe(1);
    expect(second.err).toContain('It is running at step 1 of 4, by ada since ');
    expect(second.err).toContain('switchyard plan board --stop');
    expect((await start('1%:10m, 3%', '--replace')).code).toBe(0);
    await server.set({ held: true });
    await plans.until('its end', ({ state }) => state === 'stopped');
    expect((await start(STEPS)).err).toContain('switchyard unhold board');
    await server.set({ held: false, closed: true });
    expect((await start(STEPS)).err).toContain('switchyard open board');
  });

  it('asks before it starts one, and changes nothing when the answer is no', async () => {
    const ask = () =>
      startInTerminal(server.url, ['plan', 'board', '--steps', STEPS, '--reason', 'why', '--unwatched']);
    for (const [answer, code, stage] of [
      ['n\n', 1, 'shadow'],
      ['y\n', 0, 'canary'],
    ] as const) {
      const terminal = ask();
      await terminal.shows(`board moves forward on its own: ${STEPS}`);
      await terminal.shows('[y/N]');
      terminal.type(answer);
      expect((await terminal.result()).code).toBe(code);
      expect(server.board().stage).toBe(stage);
    }
  });

  it('follows a plan to its end, and fails when it is stopped', async () => {
    await start('1%:0s, 2%:1h');
    const following = startCli(server.url, ['plan', 'board', '--follow']);
    await following.shows('board: step 2 of 2 is running, done in');
    await new AdminClient(server.url, 'bob').change('board', { stage: 'shadow', reason: 'errors' });
    const { code, out, err } = await following.result();
    expect(code).toBe(1);
    expect(out).toContain('board: step 2 of 2 is stopped: bob moved it to shadow: errors');
    expect(err).toContain('it was stopped: bob moved it to shadow: errors');
    const done = await start('1%:1s, 2%', '--follow');
    expect(done.code).toBe(0);
    expect(done.out).toContain('board: done, all 2 steps');
  });

  it('keeps following while the server is away', async () => {
    await start('1%:1h, 2%:0s');
    const proxy = await FaultProxy.to(Number(new URL(server.url).port));
    const following = startCli(proxy.url, ['plan', 'board', '--follow']);
    await following.shows('board: step 1 of 2 is running');
    proxy.refuse();
    proxy.cutClean();
    await following.shows('it is asked again every second');
    await start('1%:0s, 2%', '--replace');
    proxy.accept();
    const { code, out, err } = await following.result();
    await proxy.close();
    expect(code).toBe(0);
    expect(err).toContain('the server answers again, after');
    expect(out).toContain('board: done, all 2 steps');
  });

  it('is shown by status while it is not over', async () => {
    await start(STEPS);
    expect((await server.run('status')).out).toMatch(/^board +canary 1 %, plan 1\/4 /m);
    expect((await server.run('status', 'board')).out).toMatch(/^ {2}plan +step 1 of 4 is running, next in /m);
    await plans.change('stopped');
    expect((await server.run('status')).out).not.toContain('plan 1/4');
    expect((await server.run('status', 'board')).out).not.toMatch(/^ {2}plan /m);
  });
});

describe('switchyard plan, which changes nothing,', () => {
  let server: BoardServer;
  beforeAll(async () => {
    server = await startBoard();
    await server.set({ stage: 'shadow' });
  });
  afterAll(() => server.close());

  const plan = (...args: string[]) => server.run('plan', 'board', ...args);

  it.each([
    ['1%:10m, 5%, socketio', 'step 2, "5%"; it has no pause'],
    ['1%:10m, 5:30m', 'step 2, "5:30m"; a share needs a percent sign: 5%'],
    ['1%:10m, 5.1234%:30m', 'step 2, "5.1234%:30m"; a share is a number from 0 to 100'],
    ['101%', 'step 1, "101%"; a share is a number from 0 to 100'],
    ['1%:10', 'step 1, "1%:10"; 10 is no pause'],
    ['1%:10w', 'step 1, "1%:10w"; 10w is no pause'],
    ['1%:10m:5', 'step 1, "1%:10m:5"; it has two colons'],
    ['1%:10m,', 'step 2, ""; it is empty'],
    ['1%:10m, socket', 'step 2, "socket"; socket is neither a share nor a stage'],
    ['1%:10m, retired', 'step 2, "retired"; a plan retires no service: switchyard retire does'],
  ])('does not understand %j and says which step is wrong, and how to write it', async (steps, message) => {
    const { code, err } = await plan(...startOf(steps));
    expect(code).toBe(2);
    expect(err).toContain(`unable to read ${message}`);
    expect(err).toContain('Write the steps like "1%:10m, 5%:30m, socketio"');
    expect(server.board().stage).toBe('shadow');
  });

  it('says how to start a plan where there is none to change', async () => {
    const { code, err } = await plan('--pause', '--reason', 'x');
    expect(code).toBe(1);
    expect(err).toContain('Start one: switchyard plan board --steps');
  });

  it.each([
    [{ held: true }, 'switchyard unhold board'],
    [{ closed: true }, 'switchyard open board'],
  ])('is refused before the question for a service that is %j', async (flag, help) => {
    await server.set(flag);
    // Without --yes: what is refused is not asked.
    const { code, err } = await plan('--steps', '1%', '--reason', 'x', '--unwatched');
    await server.set({ held: false, closed: false });
    expect(code).toBe(1);
    expect(err).toContain(help);
  });

  it('names the limit that a step exceeds', async () => {
    const { code, err } = await plan(...startOf('1%:91d, socketio'));
    expect(code).toBe(1);
    expect(err).toContain('steps.0.pause_s: pause_s must not be greater than 7776000');
    expect(err).not.toContain('{');
  });

  it.each([
    ['1%:1m, 5%:1m, 5%:1m', 'Step 3 is canary 5 %. After canary 5 % may come: canary, socketio.'],
    ['socketio', 'Step 1 is socketio. After shadow may come: shadow, canary.'],
    ['1%:1m, shadow', 'Step 2 is shadow. After canary 1 % may come: canary, socketio.'],
  ])('is refused for the steps %j, and names the step and what would be legal', async (steps, help) => {
    const { code, err } = await plan(...startOf(steps));
    expect(code).toBe(1);
    expect(err).toContain(help);
    expect(server.board().stage).toBe('shadow');
  });

  it.each([
    [['--pause'], '--reason is missing'],
    [['--steps', '1%'], '--reason is missing'],
    [['--pause', '--stop', '--reason', 'x'], '--pause and --stop at once'],
    [['--steps', '1%', '--resume', '--reason', 'x'], '--steps and --resume at once'],
    [['--reason', 'x'], 'unable to tell what to do'],
    [['--replace'], 'unable to tell what to do'],
    [['--stop', '--replace', '--reason', 'x'], '--replace is for a new plan'],
    [['--resume', '--unwatched', '--reason', 'x'], '--unwatched is for a new plan'],
    [['--stop', '--follow', '--reason', 'x'], '--follow cannot follow a plan that --stop ends'],
    [['--steps', '1%', '--reason', 'x'], 'Add --yes'],
  ])('refuses the command line %j', async (args, message) => {
    const { code, out, err } = await plan(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(server.board().stage).toBe('shadow');
  });
});
