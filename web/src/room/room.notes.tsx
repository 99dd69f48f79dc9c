import { FaultNote } from '../fault/fault.note.js';
import { RetryNote } from '../fault/retry.note.js';
import type { ShownFault } from '../fault/shown.fault.js';
import type { FollowedRoom } from '../realtime/room.view.hook.js';
import { RoomWire } from '../realtime/room.wire.js';

interface RoomNotesProps {
  room: FollowedRoom<unknown>;
  /** Why the last action of this card was refused. */
  fault?: ShownFault | undefined;
}

/** Shows a card's fault and its delivery statistics. */
export function RoomNotes({ room: { view, again }, fault }: RoomNotesProps) {
  const isGone = view.fault?.code.endsWith('.not_found');
  return (
    <>
      {fault && <FaultNote fault={fault} />}
      {isGone ? (
        <p className="note">
          <strong>Gone.</strong> The server knows nothing of it any more; it may have been started anew with an empty
          store. <code className="tag">{view.fault?.code}</code>
        </p>
      ) : (
        <RetryNote fault={view.fault} again={again} />
      )}
      <RoomWire feed={view.feed} />
    </>
  );
}
