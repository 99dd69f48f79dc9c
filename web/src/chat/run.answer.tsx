import type { AgentRun, RunActivity } from '@switchyard/services';
import { useState } from 'react';
import { FaultNote } from '../fault/fault.note.js';
import { shown, type ShownFault } from '../fault/shown.fault.js';
import { ChatText } from './chat.text.js';

interface RunAnswerProps {
  run: AgentRun;
  stop(): Promise<unknown>;
}

/** Shows the current answer: the agent's activities and the text so far. */
export function RunAnswer({ run, stop }: RunAnswerProps) {
  const [isStopping, setStopping] = useState(false);
  const [fault, setFault] = useState<ShownFault>();
  const click = () => {
    if (isStopping) return;
    setFault(undefined);
    setStopping(true);
    stop().catch((thrown: unknown) => {
      setFault(shown(thrown));
      setStopping(false);
    });
  };
  return (
    <li className="message from-agent" data-run={run.run_id ?? ''}>
      <p className="message-head">
        <strong>Agent</strong>
        <span className="badge tone-busy">
          <span className="dot" aria-hidden="true" />
          {run.partial === '' ? 'Thinking…' : 'Answering…'}
        </span>
        <button type="button" className="stop" onClick={click} aria-disabled={isStopping}>
          {isStopping ? 'Stopping…' : 'Stop'}
          <span className="visually-hidden"> the answer</span>
        </button>
      </p>
      {run.activities && <RunSteps steps={run.activities} />}
      {run.partial !== '' && (
        <div className="bubble is-streaming">
          <ChatText text={run.partial} />
        </div>
      )}
      {fault && <FaultNote fault={fault} />}
    </li>
  );
}

function RunSteps({ steps }: { steps: readonly RunActivity[] }) {
  return (
    <ol className="steps" aria-label="Activities of the agent">
      {steps.map((step, place) => (
        <li key={place}>
          {step.kind === 'thought' ? (
            step.text
          ) : (
            <>
              <code>{step.name}</code> {step.result === undefined ? 'running…' : `found ${step.result}`}
            </>
          )}
        </li>
      ))}
    </ol>
  );
}
