import type { DeliveryTally } from '../load/delivery.check.js';
import type { CallFigures } from './call.record.js';
import type { Lag } from './event.loop.lag.js';
import type { Side } from './stage.control.js';

/** The part of a load process. */
export interface LoadPart {
  url: string;
  /** Begins the ids of its clients, and so the keys of their calls. */
  name: string;
  /** The number of clients in each of its rooms. */
  rooms: number[];
  /** The events per second in each room. */
  rate: number;
  seed: number;
}

/** The state of a load process. */
export interface LoadState {
  tally: DeliveryTally;
  /** The number of clients told and moved so far in this move. */
  told: number;
  moved: number;
  reconnects: number;
}

/** What happened before a move. */
export interface SteadyFigures {
  /** The events delivered since the last move on the wire that the clients leave. */
  delivered: number;
  /** The duration of that count in milliseconds. */
  duration_ms: number;
  /** The longest gap of each client, in milliseconds. */
  gaps_ms: number[];
  lag: Lag;
}

/** What a move was like; a client that was not told, or not moved, is missing in that list. */
export interface MoveFigures {
  /** When each client was told and moved, by `systemNow`. */
  told: number[];
  moved: number[];
  /** The wire and the state of each client that is not live on the new wire now. */
  away: string[];
  /** The longest gap of each client since the start of the move, in milliseconds. */
  gaps_ms: number[];
  lag: Lag;
}

/** What was left at the end. */
export interface EndFigures {
  /** The time until every call was answered and every client was up to date, or until the time limits. */
  waited_ms: number;
  calls: CallFigures;
  /** The codes of refused calls. */
  refusals: string[];
  /** The number of clients that did not reach the end of their room, and of the events that they miss. */
  behind: number;
  missing: number;
  /** The number of acknowledged events that no client has seen. */
  unseen: number;
  published: { acknowledged: number; unknown: number };
}

/** The commands for a load process. */
export interface LoadCommands {
  /** Creates the rooms, connects the clients, and begins to publish. */
  begin(part: LoadPart): Promise<void>;
  state(): LoadState;
  /** The number of clients by their state and wire, such as `subscribed on legacy`. */
  places(): Record<string, number>;
  /** Expects a move of every client, which begins now. */
  expect(to: Side): SteadyFigures;
  /** Resolves once every client has moved, or after that time. */
  moved(patience_ms: number): Promise<void>;
  /** Resolves once every client is live on the new wire and got another event, or after that time. */
  settled(patience_ms: number): Promise<MoveFigures>;
  /** Stops publishing; resolves once every call is answered and every client is up to date; each may take that time. */
  end(patience_ms: number): Promise<EndFigures>;
}
