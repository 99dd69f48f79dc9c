import { useState } from 'react';

/** Validates a required field: returns its error and a check that trims the input. */
export function useRequired(
  complaint: string,
): [problem: string | undefined, check: (value: string, go: (entered: string) => void) => void] {
  const [problem, setProblem] = useState<string>();
  const check = (value: string, go: (entered: string) => void) => {
    const entered = value.trim();
    setProblem(entered === '' ? complaint : undefined);
    if (entered !== '') go(entered);
  };
  return [problem, check];
}
