import { join } from 'node:path';
import { ListeningProcess } from '../harness/listening.process.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';
import { OldUpstream } from './old.upstream.js';
import { PadPage } from './pad.page.js';

const PROGRAM = join(__dirname, 'pad.node.ts');

describe('a bridge in two processes', () => {
  let old: OldUpstream;
  let redis: TestRedis;
  let nodes: ListeningProcess[];
  const pages: PadPage[] = [];
  beforeAll(async () => {
    [old, redis] = await Promise.all([OldUpstream.start(), TestRedis.start()]);
    const start = () => ListeningProcess.typescript(PROGRAM, { REDIS_URL: redis.url, OLD_URL: old.url });
    nodes = await Promise.all([start(), start()]);
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.kill()));
    await old.close();
    await redis.stop();
  });
  afterEach(() => pages.splice(0).forEach((page) => page.close()));

  const open = (node: number, pad: string, token = 'ada') => {
    const page = new PadPage(nodes[node]!.url, token, pad);
    pages.push(page);
    return page;
  };
  const connections = async (pad: string) => (await old.opened()).opened.filter(([name]) => name === pad).length;

  it('has one connection, through which the calls of both go', async () => {
    const here = open(0, 'one');
    const there = open(1, 'one');
    await Promise.all([here.shows(0), there.shows(0)]);
    const made = [here, there, here, there].map((page, at) =>
      page.client.call('add', { pad_id: 'one', text: `${at}` }),
    );
    expect((await Promise.all(made)).map(({ n }) => n).sort((a, b) => a - b)).toEqual([1, 2, 3, 4]);
    await Promise.all([here.shows(4), there.shows(4)]);
    expect(there.notes).toEqual(here.notes);
    expect(there.positions.at(-1)).toEqual(here.positions.at(-1));
    expect(await open(1, 'one', 'bob').refused()).toMatchObject({ code: 'room.forbidden' });
    expect(await connections('one')).toBe(1);
  });

  it('tells the members in both that the old server is away and back, with the new state', async () => {
    const [here, there] = [open(0, 'two'), open(1, 'two')];
    await Promise.all([here.shows(0), there.shows(0)]);
    await old.kill();
    for (const page of [here, there]) await until('the loss', () => page.told.some(({ status }) => status === 'away'));
    await old.restart();
    for (const page of [here, there]) await until('the return', () => page.told.at(-1)?.status === 'back');
    await old.ask('add/two', { text: 'a note', count: 3 });
    await Promise.all([here.shows(3), there.shows(3)]);
  });

  it('goes on in the other process when the one with the connection is killed', async () => {
    const there = open(0, 'three');
    await there.shows(0);
    const here = open(1, 'three');
    await here.shows(0);
    await old.ask('add/three', { text: 'a note', count: 3 });
    await here.shows(3);
    const { epoch } = here.positions.at(-1)!;
    await nodes[0]!.kill();
    await old.ask('add/three', { text: 'nobody hears it', count: 2 });
    await here.shows(5);
    await old.ask('add/three', { text: 'a note', count: 2 });
    await here.shows(7);
    expect(here.seen).toEqual(['snapshot 0', 1, 2, 3, 'snapshot 5', 6, 7]);
    expect(here.positions.at(-1)!.epoch).not.toBe(epoch);
    expect(await connections('three')).toBe(2);
    expect(await here.client.call('add', { pad_id: 'three', text: 'mine' })).toEqual({ n: 8 });
  });
});
