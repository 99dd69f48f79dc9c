import { board, boardLegacy } from '../toys/board.toy.js';
import { meter, meterLegacy } from '../toys/meter.toy.js';
import { shelf, shelfLegacy } from '../toys/shelf.toy.js';
import { startToys } from '../toys/toy.app.js';
import { CANARY, serviceConformance } from './service.conformance.js';

let made = 0;

serviceConformance({
  isAlone: true,
  contract: board,
  codec: boardLegacy,
  unknown: 'nowhere',
  badCall: { call: 'post', payload: { board_id: 'b', text: [CANARY] } },
  async start() {
    const toys = await startToys();
    return {
      url: toys.url,
      close: toys.close,
      room: () => Promise.resolve(toys.board.open(`b${(made += 1)}`)),
      act: async (board_id) => void (await toys.board.post({ board_id, text: `note ${(made += 1)}` })),
      finish: async (board_id) => void (await toys.board.close(board_id)),
    };
  },
});

serviceConformance({
  isAlone: true,
  contract: meter,
  codec: meterLegacy,
  unknown: 'nowhere',
  badCall: { call: 'set', payload: { meter_id: 'm', value: CANARY } },
  async start() {
    const toys = await startToys();
    const set = async (meter_id: string, value: number) => {
      toys.meter.set({ meter_id, value });
      await toys.meter.published;
    };
    return {
      url: toys.url,
      close: toys.close,
      room: () => {
        const meter_id = `m${(made += 1)}`;
        toys.meter.readings.set(meter_id, { meter_id, value: 0 });
        return Promise.resolve(meter_id);
      },
      act: (meter_id) => set(meter_id, toys.meter.readings.get(meter_id)!.value + 1),
      finish: (meter_id) => set(meter_id, 100),
    };
  },
});

serviceConformance({
  isAlone: true,
  contract: shelf,
  codec: shelfLegacy,
  badCall: { call: 'put_item', payload: { id: 7, title: CANARY } },
  async start() {
    const toys = await startToys();
    return {
      url: toys.url,
      close: toys.close,
      room: () => Promise.resolve('all'),
      act: async () => void (await toys.shelf.put({ id: `i${(made += 1)}`, title: 'an item' })),
    };
  },
});
