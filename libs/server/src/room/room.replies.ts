import type { JoinReply, LoggedEvent, Position } from '@switchyard/contract';
import type { Caller } from '../caller/caller.js';
import type { ReplayLimit, RoomStore, StoredEntry } from '../store/store.js';
import { shownTo } from './audience.js';
import type { EventSequencer } from './event.sequencer.js';
import type { RoomView } from './room.view.js';

/** A join gets a snapshot in place of a larger replay. */
const REPLAY_LIMIT: ReplayLimit = { events: 1000, bytes: 1_000_000 };

/** What join replies are made from. */
export interface ReplyHost {
  readonly rooms: RoomStore;
  /** The domain's state under `key`; undefined when it does not know the key. Must not publish into the same room. */
  snapshot(key: string, view: RoomView): object | undefined | Promise<object | undefined>;
}

/** Makes the replies to joins and polls, as of the sequencer's position; it must run in the room's queue. */
export class RoomReplies {
  constructor(
    private readonly room: { readonly name: string; readonly key: string },
    private readonly host: ReplyHost,
    private readonly sequencer: EventSequencer,
  ) {}

  /** Every event after `since`, or a snapshot; undefined when the domain does not know the room's key. */
  async to(since: Position | undefined, view: RoomView): Promise<JoinReply | undefined> {
    const { name, key } = this.room;
    for (;;) {
      const position = await this.sequencer.catchUp();
      const reply = { room: name, recovered: false, server_time: new Date().toISOString() };
      const missed = since && (await this.host.rooms.read(name, since, REPLAY_LIMIT));
      if (missed) {
        const events = missed
          .filter(({ offset }) => offset <= position.offset)
          .map((entry) => toLogged(entry, view.caller));
        return { ...reply, ...position, recovered: true, events };
      }
      const snapshot = await this.host.snapshot(key, view);
      if (snapshot === undefined) return undefined;
      const head = await this.host.rooms.head(name);
      // Another process appended meanwhile, so this snapshot may contain events after its position.
      if (head.epoch !== position.epoch || head.offset !== position.offset) continue;
      return { ...reply, ...position, snapshot };
    }
  }
}

function toLogged({ event, payload, epoch, offset, onlyForUser }: StoredEntry, caller: Caller): LoggedEvent {
  return shownTo({ event, payload: JSON.parse(payload) as unknown, epoch, offset }, onlyForUser, caller);
}
