import type { LegacyCodec, ServiceContract, ServiceTypes } from '@switchyard/contract';
import { board, boardLegacy } from '../toys/board.toy.js';
import { meter, meterLegacy } from '../toys/meter.toy.js';
import { shelf, shelfLegacy } from '../toys/shelf.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { ORDER_PROVIDERS, OrderDesk } from './orders.app.js';
import { orders, ordersOwn } from './orders.contract.js';
import { readOld, readPositioned, readSocketio, type FrameReader } from './wire.frame.js';

/** A service with a room whose streams are compared. */
export interface ComparedService {
  contract: ServiceContract;
  /** The path of the old wire. */
  oldPath: string;
  /** Only where the old wire has no positions. */
  codec?: LegacyCodec<ServiceTypes>;
  key: string;
  /** The name of the room. */
  room: string;
  /** Reads the frames of the old wire. */
  readOld: FrameReader;
  /** A field whose values are numbers or texts. */
  field: string;
  /** What the event is recognised by, where it has no position. */
  identity?: (payload: Readonly<Record<string, unknown>>) => string;
  /** What an event that was never sent has instead. */
  invented: Readonly<Record<string, unknown>>;
  begin(toys: ToyApp): unknown;
  /** Makes the event number `n` of the room; resolves once it is on its way. */
  make(toys: ToyApp, n: number): unknown;
}

const BOARD: ComparedService = {
  contract: board,
  oldPath: boardLegacy.path,
  key: 'b',
  room: 'board_b',
  readOld: readPositioned,
  field: 'text',
  invented: { id: 99, text: 'never posted' },
  begin: ({ board }) => board.open('b'),
  make: ({ board }, n) => board.post({ board_id: 'b', text: `note ${n}` }),
};

const SHELF: ComparedService = {
  contract: shelf,
  oldPath: shelfLegacy.path,
  key: 'all',
  room: 'the_shelf',
  readOld: readPositioned,
  field: 'title',
  invented: { id: 'never', title: 'never put' },
  begin: () => undefined,
  make: ({ shelf }, n) => shelf.put({ id: `item-${n % 3}`, title: `title ${n}` }),
};

const METER: ComparedService = {
  contract: meter,
  oldPath: meterLegacy.path,
  key: 'm',
  room: 'meter_m',
  readOld: readPositioned,
  field: 'value',
  invented: { value: 99 },
  begin: ({ meter }) => meter.readings.set('m', { meter_id: 'm', value: 0 }),
  make: ({ meter }, n) => {
    // Below the invented values, and never the value before.
    meter.set({ meter_id: 'm', value: n % 50 });
    // Else the next value may take its place.
    return meter.published;
  },
};

const ORDERS: ComparedService = {
  contract: orders,
  oldPath: ordersOwn.path,
  codec: ordersOwn as unknown as LegacyCodec<ServiceTypes>,
  key: '7',
  room: 'order_7',
  readOld: readOld(ordersOwn),
  field: 'state',
  identity: ({ order_id, revision }) => `${String(order_id)} revision ${String(revision)}`,
  invented: { revision: 99, state: 'never' },
  begin: (toys) => toys.get(OrderDesk).change('7', 'new', [0.1, 0.2]),
  make: (toys, n) => toys.get(OrderDesk).change('7', `state ${n}`, [0.1, 0.2]),
};

/** One service of each kind, and one whose old endpoint is the team's own code. */
export const COMPARED: Readonly<Record<string, ComparedService>> = {
  'a log': BOARD,
  'a collection': SHELF,
  'a state': METER,
  'an endpoint without positions': ORDERS,
};

/** Starts the services. */
export const startCompared = (): Promise<ToyApp> => startToys({ providers: ORDER_PROVIDERS });

/** The wire of a service that gets faults. */
export const faultyWire = ({ oldPath, readOld }: ComparedService, wire: 'old' | 'new') =>
  wire === 'new' ? { path: '/socket.io/', read: readSocketio } : { path: oldPath.replace(/:.*/, ''), read: readOld };
