import { MAX_DESCRIBED_ROOMS, type ServiceDescription } from '@switchyard/contract';
import { AdminClient } from '../harness/admin.client.js';
import { openSocket } from '../harness/clients.js';
import { TestRedis } from '../harness/redis.js';
import { board, boardLegacy } from '../toys/board.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { startNodes } from '../toys/toy.nodes.js';

const describeService = async ({ url }: Pick<ToyApp, 'url'>, service: string) => {
  const { status, body } = await new AdminClient(url).ask<ServiceDescription>(`/${service}/description`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
};

const join = async ({ url }: ToyApp, board_id: string) => {
  const socket = await openSocket(url, '/board').connected();
  await socket.call('join_board', { board_id });
};

describe('the description of a service', () => {
  let toys: ToyApp;
  beforeEach(async () => {
    toys = await startToys();
  });
  afterEach(() => toys.close());

  it('has the contract as JSON, and the path on each wire', async () => {
    const { contract, wires } = await describeService(toys, 'board');
    const { types: _, calls, events, ...rest } = board;
    expect(contract).toEqual({
      ...rest,
      calls: Object.fromEntries(calls),
      events: { note: {}, waving: { volatile: true }, closed: { terminal: true } },
    });
    expect(events.size).toBe(3);
    expect(wires).toMatchObject({ socketio: '/board', legacy: boardLegacy.path });
    const meter = await describeService(toys, 'meter');
    expect(meter.contract).toMatchObject({ kind: 'state', calls: { set: { repeatable: true } } });
    // A function decides it, which JSON cannot have.
    expect(meter.contract.events).toEqual({ reading: {} });
  });

  it('names the rooms in use, those with members first', async () => {
    for (const key of ['quiet', 'busy', 'joined']) toys.board.open(key);
    await join(toys, 'joined');
    await toys.board.post({ board_id: 'quiet', text: 'first' });
    await toys.board.post({ board_id: 'busy', text: 'later' });
    expect((await describeService(toys, 'board')).rooms).toEqual(['joined', 'busy', 'quiet']);
    expect((await describeService(toys, 'meter')).rooms).toEqual([]);
  });

  it('names only some of many rooms', async () => {
    for (let n = 0; n < MAX_DESCRIBED_ROOMS + 5; n += 1) {
      toys.board.open(`b${n}`);
      await toys.board.post({ board_id: `b${n}`, text: 'x' });
    }
    // Its event is not among the latest.
    await join(toys, 'b0');
    expect((await describeService(toys, 'board')).rooms).toHaveLength(MAX_DESCRIBED_ROOMS);
  });

  it('is for operators only', async () => {
    const { status, body } = await new AdminClient(toys.url, 'eve', 'a-wrong-token').ask('/board/description');
    expect({ status, body }).toMatchObject({ status: 401, body: { error: { code: 'auth.invalid' } } });
  });

  it('is refused for an unknown service', async () => {
    const { status, body } = await new AdminClient(toys.url).ask('/trains/description');
    expect({ status, body }).toMatchObject({ status: 404, body: { error: { code: 'service.unknown' } } });
  });
});

it('the description of a service names the rooms of every process', async () => {
  const redis = await TestRedis.start();
  const [near, far] = await startNodes(redis);
  try {
    for (const { board } of [near, far]) ['here', 'there'].forEach((key) => board.open(key));
    await join(near, 'here');
    await join(far, 'there');
    expect((await describeService(near, 'board')).rooms).toEqual(['here', 'there']);
  } finally {
    await Promise.all([near.close(), far.close()]);
    await redis.stop();
  }
});
