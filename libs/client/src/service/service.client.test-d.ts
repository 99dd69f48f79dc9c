// Checked by tsc and never run: what must not compile does not.
import type { Observable } from 'rxjs';
import { defineService, type ServiceContract } from '@switchyard/contract';
import { notes, type NotesTypes } from '../../test/notes.contract.js';
import { Realtime } from '../realtime/realtime.js';
import { ServiceClient } from './service.client.js';

const client = new ServiceClient(new Realtime(), notes);

// A room's key.
client.room('b1');
// @ts-expect-error a key is no number
client.room(1);
// @ts-expect-error rooms of this service have keys
client.room();

// Events and their payloads.
export const texts: Observable<{ text: string }> = client.room('b1').on('note_added');
// @ts-expect-error no such event
client.room('b1').on('note_removed');
// @ts-expect-error another payload
export const users: Observable<{ user: string }> = client.room('b1').on('note_added');
client.room('b1').fold((book, message) => {
  if (message.event === 'note_added') return { texts: [...book.texts, message.payload.text] };
  // @ts-expect-error only note_added has a text
  void message.payload.text;
  return book;
});
// @ts-expect-error the state is a snapshot
client.room('b1').fold(() => ({ lines: [] }));

// Calls, their payloads and replies.
export const reply: Promise<{ number: number }> = client.call('add_note', { book_id: 'b1', text: 'a' });
void client.call('add_note', { book_id: 'b1', text: 'a', correlation_id: 'mine' });
// @ts-expect-error no such call
void client.call('remove_note', { book_id: 'b1' });
// @ts-expect-error the text is missing
void client.call('add_note', { book_id: 'b1' });
// @ts-expect-error the text is no number
void client.call('add_note', { book_id: 'b1', text: 1 });
// @ts-expect-error another reply
export const wrong: Promise<{ id: string }> = client.call('add_note', { book_id: 'b1', text: 'a' });

// A service with a single room.
interface BoardTypes {
  room: object;
  calls: Record<never, never>;
  events: { posted: { text: string } };
  snapshot: { texts: string[] };
}
const board = defineService<BoardTypes>()({
  name: 'board',
  kind: 'collection',
  room: { name: 'board' },
  join: 'join_board',
  leave: 'leave_board',
  snapshot: 'board',
  calls: {},
  events: { posted: {} },
});
const single = new ServiceClient(new Realtime(), board);
single.room().on('posted');
// @ts-expect-error its one room has no key
single.room('b1');

// Joins with options, of rooms with a key and of a single one.
interface FilteredNotesTypes extends NotesTypes {
  join: { words?: string[] };
}
declare const filteredNotes: ServiceContract<FilteredNotesTypes>;
const filtered = new ServiceClient(new Realtime(), filteredNotes, {
  fits: ({ event }, { words }) => event !== 'note_added' || words === undefined,
});
filtered.room('b1');
filtered.room('b1', { words: ['a'] });
// @ts-expect-error words are a list
filtered.room('b1', { words: 'a' });
// @ts-expect-error no such option
filtered.room('b1', { authors: ['a'] });
// @ts-expect-error joins of this service have no options
client.room('b1', { words: ['a'] });

interface FilteredBoardTypes extends BoardTypes {
  join: { author?: string };
}
declare const filteredBoard: ServiceContract<FilteredBoardTypes>;
new ServiceClient(new Realtime(), filteredBoard).room({ author: 'a' });
// @ts-expect-error its one room has no key
new ServiceClient(new Realtime(), filteredBoard).room('b1', { author: 'a' });

// A codec of another service.
declare const other: import('@switchyard/contract').LegacyCodec<BoardTypes>;
// @ts-expect-error it speaks of other events
export const mismatched = new ServiceClient<NotesTypes>(new Realtime(), notes, { legacy: other });
