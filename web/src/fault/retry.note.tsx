import { FaultNote } from './fault.note.js';
import type { ShownFault } from './shown.fault.js';

/** Shows a fault with a retry button; nothing without a fault. */
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
