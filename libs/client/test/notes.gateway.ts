import { BaseRoomService, Call, legacy, ServiceGateway } from '@switchyard/server';
import { IsString } from 'class-validator';
import { meter, notes, notesLegacy, type MeterTypes } from './notes.contract.js';

/** The payload of `add_note`. */
export class AddNote {
  @IsString()
  book_id: string;

  @IsString()
  text: string;
}

/** Books of notes; the snapshot of a book is its notes. */
@ServiceGateway(notes, { wires: [legacy(notesLegacy)] })
export class NotesGateway extends BaseRoomService<typeof notes> {
  readonly books = new Map<string, string[]>();
  /** Answers calls; by default with the number of calls so far. */
  answer?: () => Promise<{ number: number }>;
  private added = 0;

  override snapshot(key: string) {
    const texts = this.books.get(key);
    return texts && { texts: [...texts] };
  }

  @Call('add_note')
  add(_note: AddNote): Promise<{ number: number }> | { number: number } {
    this.added += 1;
    return this.answer ? this.answer() : { number: this.added };
  }

  note(key: string, text: string) {
    this.books.get(key)!.push(text);
    return this.publish(key, 'note_added', { text });
  }

  end(key: string) {
    return this.publish(key, 'book_closed', {});
  }

  /** Replaces a book's notes and clears its log. */
  rewrite(key: string, text: string) {
    this.books.set(key, [text]);
    return this.clear(key, 'note_added', { text });
  }

  reset(): void {
    this.books.clear();
    this.answer = undefined;
    this.added = 0;
  }
}

/** Meters with their latest levels. */
@ServiceGateway(meter)
export class MeterGateway extends BaseRoomService<typeof meter> {
  readonly levels = new Map<string, MeterTypes['snapshot']>();

  override snapshot(key: string) {
    return this.levels.get(key);
  }

  level(key: string, value: number) {
    this.levels.set(key, { value });
    return this.publish(key, 'level', { value });
  }
}
