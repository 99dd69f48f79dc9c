import { ServiceRegistry } from '@switchyard/server';
import { openSocket } from '../harness/clients.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

describe('leaving a room', () => {
  let toys: ToyApp;
  beforeEach(async () => {
    toys = await startToys();
  });
  afterEach(() => toys.close());

  const openBoard = () => openSocket(toys.url, '/board', { auth: { sdk: 'test' } }).connected();

  /** Blocks every check whether a caller may see a board; the returned function releases them. */
  const hold = () => {
    let release!: () => void;
    toys.board.asking = new Promise((resolve) => (release = resolve));
    return release;
  };

  it('does not overtake an earlier join, however long that takes', async () => {
    const key = toys.board.open('b');
    const socket = await openBoard();
    const release = hold();
    const asked = [socket.call('join_board', { board_id: key }), socket.call('leave_board', { board_id: key })];
    release();
    expect(await Promise.all(asked)).toEqual([
      expect.objectContaining({ ok: true }),
      { ok: true, data: { room: 'board_b' } },
    ]);
    expect(await toys.board.present(key)).toEqual([]);
  });

  it('is undone by a later join', async () => {
    const key = toys.board.open('b');
    const socket = await openBoard();
    const release = hold();
    const asked = ['join_board', 'leave_board', 'join_board'].map((name) => socket.call(name, { board_id: key }));
    release();
    await Promise.all(asked);
    expect((await toys.board.present(key)).map(({ id }) => id)).toEqual([socket.socket.id]);
  });

  it('completes when nobody is in the room any more', async () => {
    const left = new Promise<void>((resolve) => {
      void toys.get(ServiceRegistry).get('board').leave('whoever was put out', 'b', resolve);
    });
    await expect(left).resolves.toBeUndefined();
  });
});
