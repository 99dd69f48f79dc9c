import { chat, type ChatMessage } from '@switchyard/services';
import { filter, firstValueFrom } from 'rxjs';
import { slowness } from '../harness/machine.js';
import { ApplicationNodes } from '../restart/application.nodes.js';
import { BusyRooms } from '../restart/busy.rooms.js';
import { call } from '../restart/busy.service.js';
import { ConversationPage } from '../restart/conversation.page.js';
import { emptyTally } from '../restart/follower.js';
import { timesOf } from '../restart/times.js';

/** The pause of a busy service after each step, in ms, so that the others can run. */
const REST_MS = 20;
const PAGES = 50;

// Separate processes start slowly while other tests run.
jest.setTimeout(300_000);

describe('two nodes with one Redis', () => {
  let app: ApplicationNodes;
  beforeAll(async () => {
    app = await ApplicationNodes.start(2);
  });
  afterAll(() => app.close());

  it('move every page of a killed node to the other in two seconds, with all events', async () => {
    const [killed, other] = [app.nodes[0]!, app.server(1)];
    const { session_id } = await call<{ session_id: string }>(other, chat, 'create_session', {});
    const pages = Array.from({ length: PAGES }, () => new ConversationPage(app.front.url, session_id));
    await Promise.all(pages.map((page) => page.until(true)));
    const before = performance.now();
    await killed.end('SIGKILL');
    const hello = filter(({ content }: ChatMessage) => content === 'Hello');
    const received = Promise.all(pages.map(({ messages$ }) => firstValueFrom(messages$.pipe(hello))));
    await call(other, chat, 'send_message', { session_id, message: 'Hello' });
    await received;
    const absences = pages.flatMap(({ absences }) => absences).filter(({ from }) => from > before);
    const { median, worst } = timesOf(absences.map(({ from, to }) => to - from));
    console.log(`${absences.length} pages back after ${median} ms, the last after ${worst} ms`);
    expect(worst).toBeLessThan(2000 * slowness());
    for (const page of pages) {
      expect(page.isWhole).toBe(true);
      page.close();
    }
    await app.restart(0);
  });

  it('deliver each event once to every client, keep what they acknowledged and leave no card stuck, whatever is killed', async () => {
    const tally = emptyTally();
    const busy = new BusyRooms(app, tally, REST_MS);
    const back: number[] = [];
    try {
      for (const [number, node] of app.nodes.entries()) {
        await busy.begin(1);
        await busy.received(3);
        await node.end('SIGKILL');
        back.push(...(await busy.leave(number)));
        await busy.received(3);
        await app.restart(number);
        await busy.end();
      }
      await busy.begin(1);
      await busy.received(3);
      await app.redis!.restart();
      await busy.received(3);
      await busy.end();
    } finally {
      busy.close();
    }
    const { median, worst } = timesOf(back);
    console.log(`${JSON.stringify(tally)}; back after ${median} ms, the last after ${worst} ms`);
    expect(tally).toMatchObject({ lost: 0, duplicated: 0, reordered: 0 });
    expect(tally.recovered).toBeGreaterThan(0);
    expect(worst).toBeLessThan(2000 * slowness());
  });
});
