import type { MigrationState, MigrationChange } from '@switchyard/contract';
import { useState } from 'react';
import { shown, type ShownFault } from '../fault/shown.fault.js';
import { changeService } from './stages.source.js';

/** The result of an operator's last change. */
export interface ChangeOutcome {
  /** What was done, as a sentence. */
  done?: string;
  /** The state that somebody else had set meanwhile, so that nothing was done. */
  overtaken?: MigrationState;
  fault?: ShownFault;
}

/** Changes a service, one change at a time. */
export interface StageChanger {
  outcome: ChangeOutcome;
  isPending: boolean;
  /** Carries out an order; resolves with whether it was done. */
  change(order: MigrationChange, sentence: (state: MigrationState) => string): Promise<boolean>;
}

/** Lets an operator change the service that is shown in the state `seen`. */
export function useStageChange(
  token: string,
  seen: MigrationState,
  changed: (state: MigrationState) => void,
): StageChanger {
  const [outcome, setOutcome] = useState<ChangeOutcome>({});
  const [isPending, setPending] = useState(false);
  const change: StageChanger['change'] = async (order, sentence) => {
    if (isPending) return false;
    setPending(true);
    setOutcome({});
    try {
      const { state, isDone } = await changeService(token, seen, order);
      setOutcome(isDone ? { done: sentence(state) } : { overtaken: state });
      changed(state);
      return isDone;
    } catch (thrown) {
      setOutcome({ fault: shown(thrown) });
      return false;
    } finally {
      setPending(false);
    }
  };
  return { outcome, isPending, change };
}
