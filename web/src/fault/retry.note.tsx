import { FaultNote } from './fault.note.js';
import type { ShownFault } from './shown.fault.js';

/** What went wrong, with a button to try it again; nothing where nothing did. */
export function RetryNote({ fault, again }: { fault: ShownFault | undefined; again(): void }) {
  if (!fault) return null;
  return (
    <FaultNote fault={fault}>
      <button type="button" onClick={again}>
        Try again
      </button>
    </FaultNote>
  );
}
