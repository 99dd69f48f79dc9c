import type { ReactNode } from 'react';
import type { ShownFault } from './shown.fault.js';

/** Shows a fault, its help and its code; `children` are actions. */
export function FaultNote({ fault, children }: { fault: ShownFault; children?: ReactNode }) {
  return (
    <div className="note note-bad" role="alert">
      <p className="note-title">
        {fault.message} <code className="tag">{fault.code}</code>
      </p>
      <p>{fault.help}</p>
      {fault.hints.length > 0 && (
        <ul>
          {fault.hints.map((hint) => (
            <li key={hint}>{hint}</li>
          ))}
        </ul>
      )}
      {children && <div className="actions">{children}</div>}
    </div>
  );
}
