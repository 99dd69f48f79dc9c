import { useState } from 'react';

/** A field that must not be left empty: what is wrong with it, and a check of what was entered, without space around. */
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
