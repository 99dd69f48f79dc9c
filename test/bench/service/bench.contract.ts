import { defineService } from '@switchyard/contract';
import type { Post } from './bench.dto.js';

/** The reply to a call. */
export interface Posted {
  id: number;
  room_id: string;
  author: string;
  accepted: boolean;
}

/** The published event, about 200 bytes as JSON. */
export interface Tick {
  id: number;
  room_id: string;
  author: string;
  text: string;
}

interface BenchTypes {
  room: { room_id: string };
  calls: { post: { payload: Post; reply: Posted } };
  events: { tick: Tick };
  snapshot: { room_id: string };
}

/** A service with one call and one event; all systems serve it under the same names. */
export const bench = defineService<BenchTypes>()({
  name: 'bench',
  kind: 'log',
  room: { prefix: 'bench', key: 'room_id' },
  join: 'join_bench',
  leave: 'leave_bench',
  snapshot: 'bench_state',
  calls: { post: {} },
  events: { tick: {} },
});

/** The key of the room of all clients. */
export const ROOM_KEY = 'everybody';
