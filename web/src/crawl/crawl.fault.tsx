import { FaultNote } from '../fault/fault.note.js';
import type { ShownFault } from '../fault/shown.fault.js';

/** Why a card shows no crawl: it is gone, or it cannot be followed now. */
export function CrawlFault({ fault, again }: { fault: ShownFault; again(): void }) {
  if (fault.code === 'room.not_found') {
    return (
      <p className="note">
        <strong>Gone.</strong> The server knows nothing of this crawl any more; it may have been started anew with an
        empty store. <code className="tag">{fault.code}</code>
      </p>
    );
  }
  return (
    <FaultNote fault={fault}>
      <button type="button" onClick={again}>
        Try again
      </button>
    </FaultNote>
  );
}
