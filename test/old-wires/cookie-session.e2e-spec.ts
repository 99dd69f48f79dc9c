import { changeStage } from '../harness/stage.change.js';
import { openWs } from '../harness/clients.js';
import type { ToyApp } from '../toys/toy.app.js';
import { ConsoleGateway } from './cookie-session.example.js';
import { startOldWire, untilNoneWaits } from './old.wire.server.js';

describe('an old wire with a cookie and the session in its query', () => {
  let toys: ToyApp;
  let gateway: ConsoleGateway;
  beforeAll(async () => {
    toys = await startOldWire(ConsoleGateway, { maxConnectionsPerUser: 1 });
    gateway = toys.get(ConsoleGateway);
    gateway.open('s1', 'ada');
    gateway.open('s2', 'eve');
  });
  afterAll(() => toys.close());

  const open = (query: string, sid = 'ada') =>
    openWs(toys.url, `/ws${query}`, { headers: { cookie: `theme=dark; sid=${sid}` } });
  const refused = async (query: string, sid?: string) => {
    const ws = await open(query, sid).opened();
    const frame = await ws.next();
    return { frame, ...(await ws.closed()) };
  };
  const refusal = (error: string) => ({
    frame: JSON.stringify({ type: 'error', error }),
    code: 1008,
    reason: 'policy violation',
  });

  it('finds the room in the query, and its codec knows user and query', async () => {
    const ws = await open('?sessionId=s1&lang=de').opened();
    expect(await ws.next()).toBe('{"type":"hello","user":"ada","lang":"de","lines":[]}');
    await gateway.print('s1', 'one');
    expect(await ws.next()).toBe('{"type":"line","text":"one"}');
  });

  it.each([
    ['a session of somebody else', '?sessionId=s2', 'ada', 'not yours'],
    ['a session that is none', '?sessionId=s3', 'ada', 'no such session'],
    ['no session', '', 'ada', 'input.invalid'],
    ['a cookie that is refused', '?sessionId=s1', 'bad', 'auth.invalid'],
    ['an empty cookie', '?sessionId=s1', '', 'auth.required'],
    ['a cookie with a malformed escape', '?sessionId=s1', 'bad%E0%A4%A', 'auth.invalid'],
    ['a session with a malformed escape', '?sessionId=%E0%A4%A', 'ada', 'input.invalid'],
  ])('accepts and then refuses %s', async (_what, query, sid, error) => {
    expect(await refused(query, sid)).toEqual(refusal(error));
    await untilNoneWaits(toys);
  });

  it('refuses the oldest of a user’s connections that are too many, and the rest when it is retired', async () => {
    const [first, second] = [await open('?sessionId=s1').opened(), await open('?sessionId=s1').opened()];
    await first.waitFor((frame) => frame === refusal('connection.limit').frame);
    expect((await first.closed()).code).toBe(1008);
    await second.waitFor((frame) => frame.includes('"hello"'));
    await changeStage(toys, 'consoles', { stage: 'retired', force: true });
    await second.waitFor((frame) => frame === refusal('service.retired').frame);
    expect((await second.closed()).code).toBe(1008);
    expect(await refused('?sessionId=s1')).toEqual(refusal('service.retired'));
  });
});
