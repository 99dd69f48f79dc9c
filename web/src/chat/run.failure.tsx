import { faultKind } from '@switchyard/contract';
import type { AgentRun } from '@switchyard/services';
import { FaultNote } from '../fault/fault.note.js';
import { sentence } from '../fault/shown.fault.js';

interface RunFailureProps {
  error: NonNullable<AgentRun['error']>;
  /** Asks the same question again; undefined when it is not known. */
  again: (() => void) | undefined;
}

/** Why there is no answer. */
export function RunFailure({ error: { code, error, recoverable, help: told }, again }: RunFailureProps) {
  const button = recoverable && again && (
    <button type="button" onClick={again}>
      Ask again
    </button>
  );
  if (code === 'agent.stopped') {
    return (
      <li className="note">
        <p>
          <strong>Stopped.</strong> The answer was ended before it was whole. <code className="tag">{code}</code>
        </p>
        {button && <div className="actions">{button}</div>}
      </li>
    );
  }
  // An old wire tells its error without help; what this page knows of the code is better than nothing.
  const help =
    told ?? faultKind(code)?.help ?? (recoverable ? 'Ask again; it may pass.' : 'Tell the operator of this server.');
  return (
    <li>
      <FaultNote fault={{ code, message: sentence(error), help, recoverable, hints: [] }}>{button}</FaultNote>
    </li>
  );
}
