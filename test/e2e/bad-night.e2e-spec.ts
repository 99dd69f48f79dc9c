import { Realtime, ServiceClient, type RealtimeOptions } from '@switchyard/client';
import { WebSocket } from 'ws';
import { isSocketio, RequestLog } from '../bad-night/request.log.js';
import { changeStage } from '../harness/stage.change.js';
import { until } from '../harness/until.js';
import { PathProxy, type Death } from '../harness/path.proxy.js';
import { board, boardLegacy, type BoardTypes } from '../toys/board.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const PAGES = 24;
const BOARD = 'b';
/** So many milliseconds are between two notes. */
const EVERY_MS = 50;

/** A page that reads the board. */
class Page {
  readonly texts: string[] = [];
  snapshots = 0;
  private readonly realtime: Realtime;
  private readonly client: ServiceClient<BoardTypes>;

  constructor(number: number, options: RealtimeOptions) {
    const clientId = `page-number-${String(number).padStart(6, '0')}`;
    this.realtime = new Realtime({ clientId, WebSocket, reconnect: { minMs: 20, maxMs: 100 }, ...options });
    this.client = new ServiceClient(this.realtime, board, { legacy: boardLegacy });
    this.client.room(BOARD).messages$.subscribe((message) => {
      if (message.kind === 'snapshot') {
        this.snapshots += 1;
        this.texts.push(...message.snapshot.notes.map(({ text }) => text));
      } else if (message.kind === 'event' && message.event === 'note') this.texts.push(message.payload.text);
    });
  }

  /** The fallback that serves its room, or the only open wire; undefined while nothing serves, and between two wires. */
  get wire(): string | undefined {
    const { connection } = this.client;
    if (!['subscribed', 'polling'].includes(connection.state$.value)) return undefined;
    const isFallback = connection.wire === 'sse' || connection.wire === 'polling';
    return isFallback || connection.wires().length === 1 ? connection.wire : undefined;
  }

  /** Makes a call; resolves once it is answered. */
  post(text: string): Promise<unknown> {
    return this.client.call('post', { board_id: BOARD, text });
  }

  close(): void {
    this.realtime.close();
  }
}

describe('a new wire that dies while 70 % of the pages are on it', () => {
  let toys: ToyApp;
  let proxy: PathProxy;
  let pages: Page[];
  let log: RequestLog;
  let writer: NodeJS.Timeout;
  let written: number;

  /** Opens the pages, of which those of a canary are on the new wire, and keeps writing notes. */
  async function start(options: RealtimeOptions, pingMs: number): Promise<void> {
    toys = await startToys({ pingIntervalMs: pingMs, pingTimeoutMs: pingMs });
    toys.board.open(BOARD);
    await changeStage(toys, 'board', { stage: 'canary', percent: 70, force: true });
    log = new RequestLog();
    proxy = await PathProxy.to(toys.port, isSocketio, (request) => log.note(request));
    pages = Array.from({ length: PAGES }, (_, number) => new Page(number, { ...options, url: proxy.url }));
    await until('every page on its wire', () => on('legacy').length + on('socketio').length === PAGES);
    written = 0;
    writer = setInterval(() => void toys.board.post({ board_id: BOARD, text: `${(written += 1)}` }), EVERY_MS);
  }

  afterEach(async () => {
    clearInterval(writer);
    pages.forEach((page) => page.close());
    await proxy.close();
    await toys.close();
  });

  const on = (wire: string) => pages.filter((page) => page.wire === wire);
  const everybodyOn = (wire: string) => until(`every page on ${wire}`, () => on(wire).length === PAGES);

  /** Resolves once every page has some more notes. */
  async function moreNotes(): Promise<void> {
    const wanted = written + 10;
    await until('more notes', () => pages.every(({ texts }) => texts.includes(`${wanted}`)));
  }

  /** Stops writing, and checks what each page was delivered since its first snapshot; returns the texts of all notes. */
  async function expectEveryNoteOnce(): Promise<string[]> {
    clearInterval(writer);
    const notes = toys.board.boards.get(BOARD)!.map(({ text }) => text);
    await until('the last note', () => pages.every(({ texts }) => texts.length >= notes.length));
    for (const { texts } of pages) expect(texts).toEqual(notes);
    expect(pages.map(({ snapshots }) => snapshots)).toEqual(pages.map(() => 1));
    return notes;
  }

  it.each<[string, Death, RealtimeOptions, number]>([
    ['refuses', 'refuse', {}, 25_000],
    ['swallows', 'hang', { timeouts: { connectMs: 2000 } }, 25_000],
    ['falls silent and swallows', 'silence', { timeouts: { connectMs: 2000 } }, 1000],
  ])(
    'and %s gives them up once its stage is taken back, each with one connection, and gets them again',
    async (_, death, options, pingMs) => {
      await start(options, pingMs);
      const gone = on('socketio');
      expect(gone.length).toBeGreaterThan(PAGES / 2);
      expect(on('legacy')).toHaveLength(PAGES - gone.length);
      log.phase = 'outage';
      proxy.kill(death);
      const calls = gone.map((page, number) => page.post(`call ${number}`));
      // Served meanwhile, the pages are told by what serves them.
      await until('a fallback for each', () => gone.every(({ wire }) => wire === 'sse' || wire === 'polling'));
      await moreNotes();
      log.phase = 'return';
      await changeStage(toys, 'board', { stage: 'legacy' });
      await everybodyOn('legacy');
      log.phase = 'after';
      await moreNotes();
      expect(log.count('after', 'socketio').all).toBe(0);
      expect(log.count('outage', 'legacy').all).toBe(0);
      const back = log.count('return', 'legacy');
      expect(back).toMatchObject({ clients: gone.length, failed: 0 });
      expect(back.all).toBeLessThanOrEqual(1.2 * gone.length);
      proxy.revive();
      await changeStage(toys, 'board', { stage: 'socketio', force: true });
      await everybodyOn('socketio');
      await moreNotes();
      await Promise.all(calls);
      const notes = await expectEveryNoteOnce();
      expect(notes.filter((text) => text.startsWith('call'))).toHaveLength(gone.length);
    },
  );

  it('leaves pages without a fallback to the configuration, which sends them back', async () => {
    await start({ fallbacks: [] }, 25_000);
    const gone = on('socketio').length;
    log.phase = 'outage';
    proxy.kill('refuse');
    const missed = written + 2;
    await until(
      'refused attempts, and missed notes',
      () => log.count('outage', 'socketio').all >= 2 * gone && written >= missed,
    );
    log.phase = 'return';
    await changeStage(toys, 'board', { stage: 'legacy' });
    await everybodyOn('legacy');
    expect(log.count('return', 'legacy')).toMatchObject({ all: gone, clients: gone, failed: 0 });
    await expectEveryNoteOnce();
    // A few: the waits between them grow.
    expect(log.count('outage', 'config').most + log.count('return', 'config').most).toBeLessThan(10);
  });
});
