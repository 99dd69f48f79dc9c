import { STAGES, type Stage } from '@switchyard/contract';
import { useState } from 'react';
import { FaultNote } from '../fault/fault.note.js';
import { shown, type ShownFault } from '../fault/shown.fault.js';
import { FormField } from '../form/form.field.js';
import { moveService } from './stages.source.js';

interface StageMoverProps {
  service: string;
  from: Stage;
  token: string;
  moved(): void;
}

/** The result of the last move. */
interface Outcome {
  done?: Stage;
  problem?: string;
  fault?: ShownFault;
}

const CANARY_PERCENT = '5';

/** Moves a service to another stage; the server decides which moves are allowed. */
export function StageMover({ service, from, token, moved }: StageMoverProps) {
  const [reason, setReason] = useState('');
  const [percent, setPercent] = useState(CANARY_PERCENT);
  const [moving, setMoving] = useState<Stage>();
  const [{ done, problem, fault }, setOutcome] = useState<Outcome>({});
  // Changing the canary's percentage is a move too.
  const isOff = (stage: Stage) => moving !== undefined || (stage === from && stage !== 'canary');

  const move = async (stage: Stage) => {
    if (reason.trim() === '') return setOutcome({ problem: 'Enter a reason; it is recorded with the move.' });
    setOutcome({});
    setMoving(stage);
    try {
      const share = stage === 'canary' && { percent: Number(percent) };
      await moveService(token, service, { stage, reason: reason.trim(), ...share });
      setReason('');
      setOutcome({ done: stage });
      moved();
    } catch (thrown) {
      setOutcome({ fault: shown(thrown) });
    } finally {
      setMoving(undefined);
    }
  };

  return (
    <form noValidate onSubmit={(event) => event.preventDefault()} aria-label={`Move ${service}`}>
      <div className="form-row">
        <FormField
          label="Reason"
          className="grow"
          value={reason}
          maxLength={500}
          problem={problem}
          change={setReason}
        />
        <FormField label="Canary %" type="number" min={0} max={100} value={percent} change={setPercent} />
      </div>
      <div className="actions" role="group" aria-label="Move to">
        {STAGES.map((stage) => (
          <button
            key={stage}
            type="button"
            aria-disabled={isOff(stage)}
            onClick={() => (isOff(stage) ? undefined : void move(stage))}
          >
            {moving === stage ? 'Moving…' : stage}
          </button>
        ))}
      </div>
      <p className="hint" role="status">
        {done && `Moved to ${done}.`}
      </p>
      {fault && <FaultNote fault={fault} />}
    </form>
  );
}
