import { Realtime, ServiceClient } from '@switchyard/client';
import { ServiceRegistry } from '@switchyard/server';
import { WebSocket } from 'ws';
import { figuresOf } from '../harness/service.figures.js';
import { parityOf } from '../harness/service.parity.js';
import { changeStage } from '../harness/stage.change.js';
import { until } from '../harness/until.js';
import { board, boardLegacy } from '../toys/board.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

describe('a page in the stage shadow', () => {
  let toys: ToyApp;
  let realtime: Realtime;
  beforeEach(async () => {
    toys = await startToys({ shadowPercent: 100 });
    toys.board.open('b');
    // It reports often, because a report tells it where a comparison begins and ends.
    realtime = new Realtime({ url: toys.url, WebSocket, reportEveryMs: 50 });
  });
  afterEach(async () => {
    realtime.close();
    await toys.close();
  });

  const shadowStage = () => changeStage(toys, 'board', { stage: 'shadow', force: true });
  /** Shows the board on the page. */
  const show = async () => {
    const notes = new ServiceClient(realtime, board, { legacy: boardLegacy });
    let shown = 0;
    notes.connection.room('b').messages$.subscribe(() => (shown += 1));
    await until('the page shows the board', () => shown > 0);
  };
  const post = () => toys.board.post({ board_id: 'b', text: 'hello' });
  const openOn = (wire: string) =>
    toys
      .get(ServiceRegistry)
      .get('board')
      .wires.connections()
      .filter(({ wire: { name } }) => name === wire).length;
  /** Posts notes until the server knows that some were compared. */
  const compared = () =>
    until('a comparison is reported', async () => {
      await post();
      return (await parityOf(toys, 'board')).matched > 0;
    });

  it('compares both wires and reports that they agree, and is one client of the old wire', async () => {
    await shadowStage();
    await show();
    await compared();
    expect(await parityOf(toys, 'board')).toMatchObject({ differs: false, shed: 0, examples: [] });
    expect((await figuresOf(toys, 'board')).clients).toEqual({ legacy: 1 });
    expect(openOn('socketio')).toBe(1);
  });

  it('begins and ends a comparison while it is open', async () => {
    await show();
    await post();
    expect(openOn('socketio')).toBe(0);
    await shadowStage();
    await compared();
    await changeStage(toys, 'board', { stage: 'legacy' });
    await until('the second wire is closed', async () => {
      await post();
      return openOn('socketio') === 0;
    });
    expect(realtime.wires$.value).toEqual({ board: 'legacy' });
  });
});
