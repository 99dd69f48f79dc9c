import { faultKind } from '@switchyard/contract';
import type { AgentRun } from '@switchyard/services';
import { FaultNote } from '../fault/fault.note.js';
import { capitalize } from '../fault/shown.fault.js';

interface RunFailureProps {
  error: NonNullable<AgentRun['error']>;
  /** Asks the same question again; undefined when it is unknown. */
  again: (() => void) | undefined;
}

/** Explains why there is no answer. */
export function RunFailure({ error: { code, error, recoverable, help: ownHelp }, again }: RunFailureProps) {
  const button = recoverable && again && (
    <button type="button" onClick={again}>
      Ask again
    </button>
  );
  if (code === 'agent.stopped') {
    return (
      <li className="note">
        <p>
          <strong>Stopped.</strong> The answer is incomplete. <code className="tag">{code}</code>
        </p>
        {button && <div className="actions">{button}</div>}
      </li>
    );
  }
  // An old wire sends no help text, so the page uses its own for the code.
  const help =
    ownHelp ?? faultKind(code)?.help ?? (recoverable ? 'Ask again; it may pass.' : 'Tell the operator of this server.');
  return (
    <li>
      <FaultNote fault={{ code, message: capitalize(error), help, recoverable, hints: [] }}>{button}</FaultNote>
    </li>
  );
}
