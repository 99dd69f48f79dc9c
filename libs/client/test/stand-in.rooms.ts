import {
  isPosition,
  roomName,
  type ErrorBody,
  type JoinReply,
  type LoggedEvent,
  type ServiceContract,
} from '@switchyard/contract';

/** What the stand-in knows of one room. */
export interface StandInRoom {
  contract: ServiceContract;
  key: string;
  name: string;
  epoch: string;
  /** The position before the first entry of the log. */
  base: { epoch: string; offset: number };
  offset: number;
  log: LoggedEvent[];
  snapshot: object;
}

/** The failure of a test server, as it goes over a wire. */
export function errorBody(code: string, recoverable = false, details?: Record<string, unknown>): ErrorBody {
  return {
    code,
    error: 'unable to do it; the test says so',
    timestamp: '2026-01-01T00:00:00.000Z',
    recoverable,
    help: '',
    details,
  };
}

/** Rooms with positions, in a few lines: enough of DESIGN's room log to test a client against. */
export class StandInRooms {
  private readonly rooms = new Map<string, StandInRoom>();
  private epochs = 0;

  open(contract: ServiceContract, key: string, snapshot: object): StandInRoom {
    const epoch = `e${++this.epochs}`;
    const name = roomName(contract, key);
    const room = { contract, key, name, epoch, base: { epoch, offset: 0 }, offset: 0, log: [], snapshot };
    this.rooms.set(name, room);
    return room;
  }

  find(name: string): StandInRoom | undefined {
    return this.rooms.get(name);
  }

  append(room: StandInRoom, event: string, payload: object): LoggedEvent {
    const entry = { event, payload, epoch: room.epoch, offset: ++room.offset };
    room.log.push(entry);
    if (room.contract.kind === 'state') room.snapshot = payload;
    return entry;
  }

  /** As after a restart: what is in the log stays, and what follows has another epoch. */
  reopen(room: StandInRoom): void {
    room.epoch = `e${++this.epochs}`;
  }

  /** Loses the log, so that no position is valid any more. */
  clear(room: StandInRoom): void {
    room.epoch = `e${++this.epochs}`;
    room.base = { epoch: room.epoch, offset: room.offset };
    room.log = [];
  }

  reply(room: StandInRoom, since: unknown): JoinReply {
    const { epoch, offset } = room.log.at(-1) ?? room.base;
    const base = { room: room.name, epoch, offset, server_time: new Date().toISOString() };
    const known =
      isPosition(since) &&
      [room.base, ...room.log].find((at) => at.offset === since.offset && at.epoch === since.epoch);
    if (!known) return { ...base, recovered: false, snapshot: room.snapshot };
    return { ...base, recovered: true, events: room.log.filter((entry) => entry.offset > known.offset) };
  }
}
