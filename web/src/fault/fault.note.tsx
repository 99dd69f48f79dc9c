import type { ReactNode } from 'react';
import type { ShownFault } from './shown.fault.js';

/** What went wrong, what to do about it, and the code to look it up by; `children` are things to do right here. */
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
