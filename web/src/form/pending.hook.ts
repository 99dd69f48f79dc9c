import { useState } from 'react';
import { shown, type ShownFault } from '../fault/shown.fault.js';

/** Runs one fallible action at a time and returns its pending state, its last fault and its start function. */
export function usePending(): [
  isPending: boolean,
  fault: ShownFault | undefined,
  run: (work: () => Promise<unknown>) => void,
] {
  const [isPending, setPending] = useState(false);
  const [fault, setFault] = useState<ShownFault>();
  const run = (work: () => Promise<unknown>) => {
    if (isPending) return;
    setPending(true);
    setFault(undefined);
    work()
      .catch((thrown: unknown) => setFault(shown(thrown)))
      .finally(() => setPending(false));
  };
  return [isPending, fault, run];
}
