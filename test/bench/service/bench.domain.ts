import type { Posted, Tick } from './bench.contract.js';
import type { Post } from './bench.dto.js';

const TEXT = 'a line of text as somebody might send it to all the others in a room, '.repeat(2);

let last = 0;

/** The work of every system's call handler. */
export function post({ room_id }: Post): Posted {
  last += 1;
  return { id: last, room_id, author: 'somebody', accepted: true };
}

/** Creates the next event. */
export function tick(room_id: string): Tick {
  last += 1;
  return { id: last, room_id, author: 'somebody', text: TEXT };
}
