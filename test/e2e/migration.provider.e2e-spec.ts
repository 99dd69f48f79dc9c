import {
  OpenFeatureEventEmitter,
  ProviderEvents,
  ProviderFatalError,
  TypedInMemoryProvider,
  type EvaluationContext,
  type Provider,
} from '@openfeature/server-sdk';
import { Stages, type AdvisedCaller, type StageChanged } from '@switchyard/server';
import { AdminClient } from '../harness/admin.client.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const ann: AdvisedCaller = { key: 'user:ann', user: { id: 'ann', tenant: 'acme' }, client_id: 'client-of-ann-0001' };
const bob: AdvisedCaller = { key: 'user:bob', user: { id: 'bob', tenant: 'other' } };
const nobody: AdvisedCaller = { key: 'connection:1' };

/** A flag that gives Socket.IO to those whom `chosen` accepts. */
const flagOf = (chosen: (context: EvaluationContext) => boolean, disabled = false) =>
  ({
    'realtime-board': {
      variants: { on: 'socketio', off: 'legacy', odd: 'pigeon' },
      defaultVariant: 'off',
      disabled,
      contextEvaluator: (context: EvaluationContext) => (chosen(context) ? 'on' : 'off'),
    },
  }) as const;
const isAcme = ({ tenant }: EvaluationContext) => tenant === 'acme';

function fail(): never {
  throw new Error('no answer');
}

/** A provider of the acme flag that is not ready when it is set. */
class LateProvider extends TypedInMemoryProvider {
  override readonly events = new OpenFeatureEventEmitter();

  constructor(private readonly initializing: () => Promise<void>) {
    super(flagOf(isAcme));
  }

  initialize(): Promise<void> {
    return this.initializing();
  }
}

describe('another flag provider', () => {
  let toys: ToyApp;
  let admin: AdminClient;
  afterEach(() => toys.close());

  const start = async (flagProvider: Provider) => {
    toys = await startToys({ flagProvider });
    admin = new AdminClient(toys.url);
    await admin.change('board', { stage: 'canary', percent: 0, force: true });
  };
  const wires = () => Promise.all([ann, bob, nobody].map((caller) => toys.get(Stages).wire('board', caller)));

  it('advises the wire, and gets all that is known of the caller', async () => {
    const contexts: EvaluationContext[] = [];
    await start(new TypedInMemoryProvider(flagOf((context) => contexts.push(context) > 0 && isAcme(context))));
    expect(await wires()).toEqual(['socketio', 'legacy', 'legacy']);
    expect(contexts).toEqual([
      { targetingKey: 'user:ann', user: 'ann', tenant: 'acme', client_id: 'client-of-ann-0001' },
      { targetingKey: 'user:bob', user: 'bob', tenant: 'other' },
    ]);
  });

  it('is overruled by the brake, and by a retired service', async () => {
    await start(new TypedInMemoryProvider(flagOf(isAcme)));
    await admin.change('board', { stage: 'canary', closed: true });
    expect(await wires()).toEqual(['legacy', 'legacy', 'legacy']);
    await admin.change('board', { stage: 'retired', force: true });
    expect(await wires()).toEqual(['socketio', 'socketio', 'socketio']);
  });

  it('is asked what it advised before a change, too', async () => {
    await start(new TypedInMemoryProvider(flagOf(isAcme)));
    const changes: StageChanged[] = [];
    toys.get(Stages).changes$.subscribe((change) => changes.push(change));
    await admin.change('board', { stage: 'canary', closed: true });
    await admin.change('board', { stage: 'canary', closed: false });
    const before = changes.map((change) => Promise.all([ann, bob].map((caller) => change.before(caller))));
    expect(await Promise.all(before)).toEqual([
      ['socketio', 'legacy'],
      ['legacy', 'legacy'],
    ]);
  });

  it('reports that it has other flags', async () => {
    const provider = new TypedInMemoryProvider(flagOf(isAcme));
    await start(provider);
    const reported: string[] = [];
    toys.get(Stages).changes$.subscribe(({ to }) => reported.push(to.service));
    provider.putConfiguration(flagOf(({ user }) => user === 'bob'));
    expect(reported).toEqual(['board', 'meter', 'shelf']);
    expect(await wires()).toEqual(['legacy', 'socketio', 'legacy']);
  });

  it.each([
    ['that was ready', new TypedInMemoryProvider(flagOf(isAcme))],
    ['that failed', new LateProvider(() => Promise.reject(new ProviderFatalError('no flags today')))],
  ])('%s reports nothing any more when the application has closed', async (_how, provider) => {
    await start(provider);
    const reported: string[] = [];
    toys.get(Stages).changes$.subscribe(({ to }) => reported.push(to.service));
    await toys.close();
    provider.putConfiguration(flagOf(() => false));
    expect(reported).toEqual([]);
  });

  it.each([
    ['does not know the flag', new TypedInMemoryProvider({})],
    ['has disabled the flag', new TypedInMemoryProvider(flagOf(() => false, true))],
    ['throws', new TypedInMemoryProvider(flagOf(() => fail()))],
    [
      'answers no wire',
      new TypedInMemoryProvider({
        'realtime-board': { ...flagOf(isAcme)['realtime-board'], contextEvaluator: () => 'odd' },
      }),
    ],
  ])('that %s moves nobody: the flag of the stage is evaluated', async (_how, provider) => {
    await start(provider);
    expect(await wires()).toEqual(['legacy', 'legacy', 'legacy']);
    await admin.change('board', { stage: 'canary', percent: 100 });
    expect(await wires()).toEqual(['socketio', 'socketio', 'legacy']);
    await admin.change('board', { stage: 'shadow' });
    expect(await wires()).toEqual(['legacy', 'legacy', 'legacy']);
    await admin.change('board', { stage: 'socketio', force: true });
    expect(await wires()).toEqual(['socketio', 'socketio', 'socketio']);
  });

  it.each([
    ['fails to start', () => Promise.reject(new ProviderFatalError('no flags today'))],
    ['does not get ready', () => new Promise<void>(() => undefined)],
  ])('that %s stops no start, and moves nobody', async (_how, initialize) => {
    await start(new LateProvider(initialize));
    expect(await wires()).toEqual(['legacy', 'legacy', 'legacy']);
    await admin.change('board', { stage: 'canary', percent: 100 });
    expect(await wires()).toEqual(['socketio', 'socketio', 'legacy']);
  });

  it('that fails and is ready again is heard again, and reports each service once', async () => {
    const provider = new LateProvider(() => Promise.reject(new ProviderFatalError('no flags yet')));
    await start(provider);
    const reported: string[] = [];
    toys.get(Stages).changes$.subscribe(({ to }) => reported.push(to.service));
    provider.events.emit(ProviderEvents.Ready);
    expect(await wires()).toEqual(['socketio', 'legacy', 'legacy']);
    provider.events.emit(ProviderEvents.Ready);
    expect(reported).toEqual(['board', 'meter', 'shelf']);
    provider.events.emit(ProviderEvents.Error);
    expect(reported).toEqual(['board', 'meter', 'shelf']);
    provider.events.emit(ProviderEvents.Ready);
    expect(reported).toHaveLength(6);
  });
});
