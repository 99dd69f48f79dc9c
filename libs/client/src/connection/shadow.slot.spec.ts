import { STATS_PATH, type RealtimeConfig, type StatsReport, type WireName } from '@switchyard/contract';
import WebSocket from 'ws';
import { until } from '../../../../test/harness/until.js';
import { useNotes } from '../../test/fixture.js';
import { notes } from '../../test/notes.contract.js';
import { Recording } from '../../test/recording.js';
import type { ShadowHost } from '../parity/service.shadow.js';
import type { RealtimeOptions } from '../realtime/realtime.options.js';
import { FakeTransport } from '../testing/index.js';
import { ShadowSlot } from './shadow.slot.js';

const NAME = 'notes legacy socketio';

describe('a page that compares two wires', () => {
  const { server, page } = useNotes();

  beforeEach(async () => {
    server().book('b1');
    await server().use('shadow');
  });

  /** Opens a page on the old wire, whose sockets do not share a proxy with those of Socket.IO. */
  async function open(options: RealtimeOptions = {}, wire: WireName | null = 'socketio') {
    const answer = await fetch(`${server().url}/realtime/config`);
    const config = (await answer.json()) as RealtimeConfig;
    config.services.notes = { ...config.services.notes!, wire: 'legacy', ...(wire && { shadow: wire }) };
    const { url, http } = server();
    class OldSocket extends WebSocket {
      constructor(address: string) {
        super(address.replace(url.replace('http', 'ws'), http.url.replace('http', 'ws')));
      }
    }
    const { realtime, notes } = page({ config, WebSocket: OldSocket, reportEveryMs: 0, ...options });
    const room = notes.room('b1');
    const messages = new Recording(room.messages$);
    await messages.until(({ length }) => length > 0);
    const counts = () => realtime.stats().parity[NAME] ?? { matched: 0, mismatches: 0, shed: 0 };
    const texts = () =>
      messages.values.flatMap((message) =>
        message.kind === 'event' && 'text' in message.payload ? [message.payload.text] : [],
      );
    return { realtime, notes, messages, counts, texts };
  }

  const socketioJoins = () => server().joins.filter(({ wire }) => wire === 'socketio');
  const hasEngines = () => server().engineTransports.length > 0;
  let written: number;
  beforeEach(() => (written = 0));
  const write = async (count: number) => {
    for (let note = 0; note < count; note += 1) await server().gateway.note('b1', `${(written += 1)}`);
  };
  /** Writes notes until one was compared. */
  const begin = (counts: () => { matched: number }) =>
    until('the wires are compared', async () => {
      await write(1);
      return counts().matched > 0;
    });
  const numbers = () => Array.from({ length: written }, (_, index) => `${index + 1}`);

  it('joins its rooms on the other wire too, and shows each event once', async () => {
    const { counts, texts, messages } = await open();
    await begin(counts);
    const { matched } = counts();
    await write(10);
    await until('all is compared', () => counts().matched >= matched + 10);
    expect(counts()).toMatchObject({ mismatches: 0, shed: 0 });
    expect(texts()).toEqual(numbers());
    expect(server().handshakes).toMatchObject([{ shadow: true }]);
    messages.stop();
    await until('the other wire has left the room', () => server().leaves.length === 2);
  });

  it('goes on when the other wire is lost, and compares what was missed', async () => {
    const { counts, texts } = await open();
    await begin(counts);
    const { matched } = counts();
    server().block();
    await write(10);
    await until('the page has all', () => texts().length === written);
    server().return();
    await until('the rest is compared', () => counts().matched >= matched + 10);
    expect(counts()).toMatchObject({ mismatches: 0, shed: 0 });
    expect(texts()).toEqual(numbers());
    expect(server().upgrades).toHaveLength(1);
  });

  it('ends the comparison when the other wire refuses the service, and shows what comes', async () => {
    const { realtime, notes, texts, counts } = await open();
    await begin(counts);
    await server().use('shadow', true);
    const joins = socketioJoins().length;
    server().sockets.cutClean();
    await until('the page has come back', hasEngines);
    await write(3);
    await until('the page has all', () => texts().length === written);
    expect(texts()).toEqual(numbers());
    expect(socketioJoins()).toHaveLength(joins);
    expect(realtime.stats().wires).toEqual({ notes: 'legacy' });
    expect(notes.connection.state$.value).toBe('subscribed');
  });

  it('ends the comparison when the service moves there, and shows each event once', async () => {
    const { realtime, texts, counts } = await open();
    await begin(counts);
    await server().use('socketio');
    await until('the page has moved', () => realtime.stats().wires.notes === 'socketio');
    expect(server().handshakes.at(-1)).not.toHaveProperty('shadow');
    await write(3);
    await until('the page has the rest', () => texts().length === written);
    expect(texts()).toEqual(numbers());
  });

  it('compares nothing when its page does not want it', async () => {
    const { counts, texts } = await open({ shadow: false });
    await write(3);
    await until('the page has all', () => texts().length === 3);
    expect(counts().matched).toBe(0);
    expect(server().handshakes).toEqual([]);
  });

  it('begins and ends as the answers to its reports say, and repeats what no report has brought', async () => {
    const reports: StatsReport[] = [];
    let shadow: WireName | null = 'socketio';
    let lost = 0;
    const answer: typeof fetch = async (input, init) => {
      if (!(input as string).includes(STATS_PATH)) return fetch(input, init);
      const report = JSON.parse(init!.body as string) as StatsReport;
      // The first two reports with findings are lost.
      if (report.parity && lost < 2) {
        lost += 1;
        return new Response('{}', { status: 503 });
      }
      reports.push(report);
      return Response.json({ server_time: new Date().toISOString(), shadows: { notes: shadow } });
    };
    const { counts, texts } = await open({ reportEveryMs: 20, fetch: answer }, null);
    await begin(counts);
    await write(10);
    const reported = () => reports.flatMap(({ parity = [] }) => parity).reduce((sum, { matched }) => sum + matched, 0);
    await until('all is reported', () => lost === 2 && reported() === counts().matched);
    expect(lost).toBe(2);
    shadow = null;
    await until('the page has left the other wire', async () => {
      await write(1);
      return server().leaves.length > 0;
    });
    await until('the page has all', () => texts().length === written);
    expect(texts()).toEqual(numbers());
  });
});

it('a shadow that ends and begins again while its code is loaded opens one connection', async () => {
  const made: FakeTransport[] = [];
  const make = (wire: WireName) => {
    made.push(new FakeTransport(wire));
    return made.at(-1)!;
  };
  const slot = new ShadowSlot({
    service: { contract: notes },
    statistics: { service: 'notes', page: { comparisons: new Map(), onNews: () => undefined } },
    wires: { ownTransport: new FakeTransport('legacy'), mover: {}, destination: {} },
    transport: make,
    rooms: new Map(),
  } as unknown as ShadowHost);
  slot.compareWith('socketio');
  slot.end();
  slot.compareWith('socketio');
  await until('the shadow', () => slot.current !== undefined);
  await new Promise(setImmediate);
  slot.end();
  expect(made.map(({ state$ }) => state$.value.status)).toEqual(['closed']);
});
