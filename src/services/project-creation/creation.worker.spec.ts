import { Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { MemoryStore, RunLeases, Runs, type DocumentWrite } from '@switchyard/server';
import { CREATION_STEPS, isCreationOver, type CreationProgress, type CreationStep } from '@switchyard/services';
import PQueue from 'p-queue';
import { ModelServer, type ModelExchange } from '../../../test/model/model.server.js';
import { ChatCompletionsClient } from '../../model/chat-completions.client.js';
import { ProjectDocuments, ProjectRemoval, Projects, Tasks } from '../../projects/index.js';
import { CreationWorker } from './creation.worker.js';
import { CreationStore } from './creation.store.js';
import type { Publish } from './creation.reporter.js';

const REQUEST = { title: 'Yard', description: 'Dispatchers can sign in and sort wagons.' };
const STEPS = (Object.keys(CREATION_STEPS) as CreationStep[]).filter((step) => step !== 'completed');

/** Runs creations on a store of their own, and records everything they publish. */
class Creations {
  readonly store = new MemoryStore();
  readonly projects = new Projects(this.store);
  readonly tasks = new Tasks(this.store);
  readonly documents = new ProjectDocuments(this.store);
  readonly creations = new CreationStore(this.store);
  readonly worker: CreationWorker;
  readonly runs = new Runs(new RunLeases({ node: 'here' }, {}), 'project-creation', {
    queue: new PQueue({ concurrency: 4 }),
  });
  readonly seen: CreationProgress[] = [];
  /** Called with each published progress; the creation waits meanwhile. */
  onProgress: (progress: CreationProgress) => void = () => undefined;
  private over: (end: CreationProgress) => void = () => undefined;

  constructor(url?: string) {
    const { store, projects, tasks, documents, creations } = this;
    const removal = new ProjectRemoval(projects, tasks, documents);
    const model = url === undefined ? undefined : new ChatCompletionsClient({ url, name: 'm', idleTimeoutMs: 5000 });
    this.worker = new CreationWorker(store, model, projects, tasks, documents, removal, creations);
  }

  readonly publish: Publish = async (progress, writes) => {
    this.seen.push(progress);
    await this.store.documents.write(writes);
    this.onProgress(progress);
    if (isCreationOver(progress.status)) this.over(progress);
  };

  create(): Promise<CreationProgress> {
    return new Promise((resolve, reject) => {
      this.over = resolve;
      this.start('ada').catch(reject);
    });
  }

  async start(owner: string | undefined): Promise<string> {
    const record = this.worker.draft(REQUEST, owner);
    const { progress } = record;
    const work = (signal: AbortSignal) => this.worker.work(record, signal, this.publish);
    await this.runs.begin(progress.progress_id, work, () => this.publish(progress, [this.creations.put(record)]));
    return progress.progress_id;
  }

  async cancel(progress_id: string): Promise<CreationProgress> {
    await this.runs.abort(progress_id, 'stopped');
    return (await this.creations.get(progress_id))!.progress;
  }

  /** Everything that is stored of any project. */
  async leftovers(): Promise<unknown[]> {
    const ids = (await this.store.documents.list<{ project_id: string }>('project_creations')).map(
      (one) => one.project_id,
    );
    const parts = ids.map(async (id) => [...(await this.tasks.list(id)), ...(await this.documents.list(id))]);
    const places = await this.store.documents.list('task_places');
    return [...(await this.store.documents.list('projects')), ...places, ...(await Promise.all(parts)).flat()];
  }
}

describe('a creation', () => {
  it('goes through every step and leaves a project with tasks and documents', async () => {
    const made = new Creations();
    const visible: number[] = [];
    made.onProgress = () => void made.projects.list().then((list) => visible.push(list.length));
    const end = await made.create();

    expect([...new Set(made.seen.map(({ step }) => step))]).toEqual([...STEPS, 'completed']);
    for (const { step, percentage } of made.seen) expect(percentage).toBe(CREATION_STEPS[step as CreationStep]);
    expect(end).toMatchObject({ status: 'completed', step: 'completed', percentage: 100, project: { title: 'Yard' } });
    expect(end.message).toBe('Created “Yard” with 4 tasks and 2 documents');
    const [record] = await made.projects.list();
    expect(record).toEqual({ project: end.project, owner: 'ada' });
    const tasks = await made.tasks.list(end.project!.id);
    expect(tasks.map(({ title, task_order }) => `${task_order} ${title}`)).toEqual([
      '0 Set up a repository for “Yard”',
      '1 Sign in',
      '2 Sort wagons',
      '3 Try “Yard” against its requirements',
    ]);
    expect(await made.tasks.find(tasks[1]!.id)).toEqual(tasks[1]);
    const [plan, requirements] = await made.documents.list(end.project!.id);
    expect(requirements!.content).toBe('# Requirements of Yard\n\n## Wanted\n\n- Sign in\n- Sort wagons');
    expect(plan!.content).toContain('## Accounts\n\n- Sign in');
    // The project is not visible before it is complete.
    expect(visible.slice(0, -1)).toEqual(visible.slice(0, -1).map(() => 0));
  });

  it('warns of another project with the same title', async () => {
    const made = new Creations();
    await made.create();
    const again = await made.create();
    expect(again.logs).toContainEqual(
      expect.objectContaining({ level: 'warning', message: expect.stringContaining('“Yard” already') }),
    );
  });

  it.each(STEPS)('can be cancelled in %s, and leaves nothing then', async (step) => {
    const made = new Creations();
    let cancelled: Promise<CreationProgress | undefined> | undefined;
    made.onProgress = (progress) => {
      if (progress.step === step && progress.status === 'running') cancelled ??= made.cancel(progress.progress_id);
    };
    const end = await made.create();
    expect(end).toMatchObject({ status: 'cancelled', step, percentage: CREATION_STEPS[step] });
    expect(await cancelled).toEqual(end);
    expect(await made.leftovers()).toEqual([]);
    expect(await made.cancel(end.progress_id)).toEqual(end);
  });

  it.each([
    ['database_setup', 'projects'],
    ['processing_requirements', 'project_documents:'],
    ['ai_generation', 'tasks:'],
  ])('fails and leaves nothing when it cannot store in %s', async (step, collection) => {
    const made = new Creations();
    const write = made.store.documents.write.bind(made.store.documents);
    made.store.documents.write = (writes: readonly DocumentWrite[]) => {
      const isRefused = writes.some((one) => one.value !== null && one.collection.startsWith(collection));
      return isRefused ? Promise.reject(new Fault('store.unavailable')) : write(writes);
    };
    const end = await made.create();
    const error = `unable to create the project; ${step} failed: the store cannot be reached`;
    expect(end).toMatchObject({ status: 'failed', step: 'failed', error, message: error });
    expect(end.percentage).toBe(CREATION_STEPS[step as CreationStep]);
    expect(end.logs.at(-1)).toMatchObject({ level: 'error', message: error });
    expect(await made.leftovers()).toEqual([]);
  });

  it('fails in finalizing when it finds less than it stored', async () => {
    Logger.overrideLogger(false);
    const made = new Creations();
    made.tasks.list = () => Promise.resolve([]);
    const end = await made.create();
    expect(end.error).toBe('unable to create the project; finalizing failed: not all of it was stored');
    Logger.overrideLogger(true);
  });

  it('ends as interrupted and leaves nothing when its process died', async () => {
    const made = new Creations();
    // Like a killed process: its writes stay, and it does not go on.
    const died = new Promise<void>((resolve) => {
      made.onProgress = ({ step }) => {
        if (step !== 'finalizing') return;
        made.store.documents.write = () => new Promise<void>(() => resolve());
      };
    });
    void made.create();
    await died;
    delete (made.store.documents as Partial<typeof made.store.documents>).write;
    expect(await made.leftovers()).not.toEqual([]);

    const after = new Creations();
    Object.assign(after.store, { documents: made.store.documents });
    for (const record of await after.creations.unfinished()) await after.worker.endOrphan(record, after.publish);
    expect(after.seen).toMatchObject([{ status: 'failed', step: 'failed', percentage: 85 }]);
    expect(after.seen[0]!.error).toMatch(/^interrupted: /);
    expect(await after.creations.unfinished()).toEqual([]);
    expect(await after.leftovers()).toEqual([]);
  });
});

describe('a creation with a model', () => {
  let model: ModelServer;
  beforeAll(async () => {
    model = await ModelServer.start();
  });
  afterAll(() => model.close());

  /** Creates a project; the test plays the model. */
  const create = async (made = new Creations(model.url)) => {
    const asked = model.next();
    const end = made.create();
    return { made, end, exchange: await asked };
  };
  const failing = async (act: (exchange: ModelExchange) => void) => {
    const { made, end, exchange } = await create();
    act(exchange);
    const { status, error } = await end;
    expect(await made.leftovers()).toEqual([]);
    return { status, error };
  };

  it('plans the tasks that the model names', async () => {
    const { made, end, exchange } = await create();
    const [, prompt] = exchange.request.body.messages;
    expect(prompt!.content).toContain('- Sort wagons');
    exchange.say('Here is a plan:\n- [tracks] Lay **the lead**: All wagons reach it.\n2. Set signals');
    exchange.say(' now\n\nGood luck!').finish();
    const { project, message } = await end;
    expect(message).toContain('2 tasks');
    expect(await made.tasks.list(project!.id)).toMatchObject([
      { title: 'Lay the lead', description: 'All wagons reach it.', feature: 'tracks' },
      { title: 'Set signals now', description: '' },
    ]);
    expect(made.seen.map((progress) => progress.message)).toContain('The model has written 96 characters');
  });

  it.each<[string, (exchange: ModelExchange) => void, string]>([
    ['refuses', (exchange) => exchange.refuse(429), 'it takes no more for now'],
    ['is cut off', (exchange) => exchange.say('- Lay').cut(), 'the connection failed'],
    ['names no tasks', (exchange) => exchange.say('I would rather not.').finish(), 'the model named no tasks'],
  ])('fails in ai_generation and leaves nothing behind when the model %s', async (_how, act, reason) => {
    Logger.overrideLogger(false);
    const error = `unable to create the project; ai_generation failed: ${reason}`;
    expect(await failing(act)).toEqual({ status: 'failed', error });
    Logger.overrideLogger(true);
  });

  it('closes its connection to the model once it is cancelled', async () => {
    const { made, end, exchange } = await create();
    await made.cancel(made.seen[0]!.progress_id);
    expect((await end).status).toBe('cancelled');
    await exchange.closed;
    expect(await made.leftovers()).toEqual([]);
  });

  it('can be cancelled while it waits for its turn, and ends as interrupted when the server stops', async () => {
    const made = new Creations(model.url);
    const asked = [model.next(), model.next(), model.next(), model.next()];
    const ids: string[] = [];
    for (let times = 0; times < 6; times += 1) ids.push(await made.start(undefined));
    await Promise.all(asked);
    expect(await made.cancel(ids[5]!)).toMatchObject({ status: 'cancelled', percentage: 0 });
    await made.runs.close();
    const ends = await Promise.all(ids.map(async (id) => (await made.creations.get(id))!.progress));
    expect(ends.map(({ status }) => status)).toEqual([...Array<string>(5).fill('failed'), 'cancelled']);
    expect(ends[4]!.error).toMatch(/^interrupted: /);
    expect(await made.leftovers()).toEqual([]);
  });
});
