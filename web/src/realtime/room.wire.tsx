import { formatPosition, isComplete } from '@switchyard/contract';
import { useSubject } from './observable.hook.js';
import { usePage } from './page.context.js';
import type { RoomFeed } from './room.feed.js';

/** Shows the wire, position and delivery statistics of a card. */
export function RoomWire({ feed }: { feed: RoomFeed }) {
  const { realtime } = usePage();
  // The statistics have no stream; they change with the connection and with this card's messages.
  useSubject(realtime.state$);
  const { gapsHealed, duplicatesDropped, reconnects, lastReconnectMs } = realtime.stats();
  const { wire, position, events, snapshots, here, isOver } = feed;
  return (
    <footer className="wire">
      {here && (
        <span title={isComplete(here) ? here.users.join(', ') : 'too many to name'}>
          <b data-members>{here.members}</b> here
        </span>
      )}
      <span data-wire={wire}>
        {isOver ? 'last wire' : 'wire'} <b>{wire ?? '–'}</b>
      </span>
      <span data-position>
        at <b>{position ? formatPosition(position) : '–'}</b>
      </span>
      <span>
        events <b data-events>{events}</b>
      </span>
      <span>
        snapshots <b>{snapshots}</b>
      </span>
      <span title="On all connections of this page">
        page: reconnects <b data-reconnects>{reconnects}</b>
        {lastReconnectMs !== undefined && ` (${lastReconnectMs} ms)`}, gaps healed <b>{gapsHealed}</b>, duplicates
        dropped <b>{duplicatesDropped}</b>
      </span>
    </footer>
  );
}
