import { STAGES, type Stage } from '@switchyard/contract';
import { useId, useState } from 'react';
import { FaultNote } from '../fault/fault.note.js';
import { shown, type ShownFault } from '../fault/shown.fault.js';
import { moveService } from './stages.source.js';

interface StageMoverProps {
  service: string;
  from: Stage;
  token: string;
  moved(): void;
}

const CANARY_PERCENT = 5;

/** Moves a service to another stage; which moves are allowed is the server's to say. */
export function StageMover({ service, from, token, moved }: StageMoverProps) {
  const [reason, setReason] = useState('');
  const [percent, setPercent] = useState(String(CANARY_PERCENT));
  const [moving, setMoving] = useState<Stage>();
  const [fault, setFault] = useState<ShownFault>();
  const id = useId();

  const move = async (stage: Stage) => {
    setFault(undefined);
    setMoving(stage);
    try {
      await moveService(token, service, {
        stage,
        reason: reason.trim(),
        ...(stage === 'canary' && { percent: Number(percent) }),
      });
      setReason('');
      moved();
    } catch (thrown) {
      setFault(shown(thrown));
    } finally {
      setMoving(undefined);
    }
  };

  return (
    <form className="mover" onSubmit={(event) => event.preventDefault()} aria-label={`Move ${service}`}>
      <div className="form-row">
        <div className="field grow">
          <label htmlFor={`${id}-reason`}>Reason, for the record</label>
          <input
            id={`${id}-reason`}
            value={reason}
            maxLength={500}
            autoComplete="off"
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-percent`}>Canary %</label>
          <input
            id={`${id}-percent`}
            type="number"
            min={0}
            max={100}
            value={percent}
            onChange={(event) => setPercent(event.target.value)}
          />
        </div>
      </div>
      <div className="actions" role="group" aria-label="Move to">
        {STAGES.map((stage) => (
          <button
            key={stage}
            type="button"
            disabled={moving !== undefined || reason.trim() === '' || (stage === from && stage !== 'canary')}
            onClick={() => void move(stage)}
          >
            {moving === stage ? 'Moving…' : stage}
          </button>
        ))}
      </div>
      {fault && <FaultNote fault={fault} />}
      <p className="hint">
        A client takes the wire it is told when it loads; those that are open now stay on theirs until then.{' '}
        <button type="button" className="link" onClick={() => window.location.reload()}>
          Reload this page
        </button>
      </p>
    </form>
  );
}
