import type { MigrationChange, Stage } from '@switchyard/contract';
import { Stages } from '@switchyard/server';
import { startApp, type TestApp } from '../harness/app.js';
import { TestRedis } from '../harness/redis.js';
import { LoadRoom } from '../load/load.room.js';
import { PAGES, readPage } from '../readme/pages.js';
import { startLineInTerminal } from './cli.process.js';
import { PLAYBOOKS, stepsOf, type PlaybookStep } from './playbook.page.js';

const SERVICE = 'tasks';

/** A state as the pages write it: `canary 5 %, held`. */
function changeOf(state: string): MigrationChange {
  const [stage, percent] = state.split(/[ ,]+/) as [Stage, string];
  const [closed, held] = [state.includes('closed'), state.includes('held')];
  return {
    stage,
    ...(stage === 'canary' && { percent: Number(percent) }),
    closed,
    held,
    reason: 'the page',
    force: true,
  };
}

describe('the playbook', () => {
  let redis: TestRedis;
  let server: TestApp;
  beforeAll(async () => {
    redis = await TestRedis.start();
    // The page on retiring is about a service whose old wire was quiet for a week.
    server = await startApp({ REDIS_URL: redis.url, RETIRE_AFTER_DAYS: '0' });
  });
  afterAll(async () => {
    await server.close();
    await redis.stop();
  });

  const stages = () => server.app.get(Stages);
  const state = () => {
    const { stage, percent, closed, held } = stages().of(SERVICE);
    return `${stage}${stage === 'canary' ? ` ${percent} %` : ''}${closed ? ', closed' : ''}${held ? ', held' : ''}`;
  };

  /** Brings the service where a page begins, through `retired`'s only way out. */
  async function begin({ state: wanted, store }: Extract<PlaybookStep, { kind: 'before' }>): Promise<void> {
    if (store === 'back') return redis.restart();
    if (stages().of(SERVICE).stage === 'retired') await set('socketio');
    await set(wanted);
    if (store === 'away') await redis.crash();
  }
  const set = (wanted: string) => stages().change(SERVICE, changeOf(wanted), 'test');

  /** Runs a line as an operator does, who agrees to what it asks. */
  async function run({ line, code }: Extract<PlaybookStep, { kind: 'run' }>): Promise<void> {
    // Shorter than a person would compare.
    const command = startLineInTerminal(server.url, line.replace('--for 10s', '--for 1s'));
    command.answer({ '[y/N]': 'y\n', 'Type the name of the service': `${SERVICE}\n` });
    const result = await command.result();
    expect({ line, code: result.code, out: result.code === code ? '' : result.out }).toEqual({ line, code, out: '' });
  }

  it.each(PLAYBOOKS)('%s leads where it says, command by command', async (page) => {
    const steps = stepsOf(page);
    // What `verify` compares; not beside the page on which the store loses it.
    const isCompared = steps.some((step) => step.kind === 'run' && step.line.includes(' verify '));
    const busy = isCompared ? await LoadRoom.start(server) : undefined;
    busy?.begin(10);
    for (const step of steps) {
      if (step.kind === 'before') await begin(step);
      else if (step.kind === 'run') await run(step);
      else expect(state()).toBe(step.state);
    }
    await busy?.end();
  });
});

describe('the list of playbooks', () => {
  it('names every one', () => {
    const list = readPage('migration/playbooks/README.md');
    expect(PLAYBOOKS.filter((name) => !list.includes(`](${name})`))).toEqual([]);
    expect(PLAYBOOKS.every((name) => PAGES.includes(`migration/playbooks/${name}`))).toBe(true);
  });
});
