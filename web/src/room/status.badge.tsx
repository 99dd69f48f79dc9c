import type { ReactNode } from 'react';
import type { StatusWord } from '../words/status.words.js';

/** Shows a status and announces its changes. */
export function StatusBadge({ word: [label, tone], children }: { word: StatusWord; children?: ReactNode }) {
  return (
    <span className={`badge tone-${tone}`} role="status">
      <span className="dot" aria-hidden="true" />
      {label}
      {children}
    </span>
  );
}
