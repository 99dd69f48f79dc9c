import { useState } from 'react';
import { shown, type ShownFault } from '../fault/shown.fault.js';

/** One thing at a time that may fail: whether it is being done, why it failed last, and how to do it. */
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
