import { useState } from 'react';
import { browserStorage } from '../storage/page.storage.js';

/** Stores the run that this browser follows under `switchyard.{name}`; returns it and a setter. */
export function useStoredRun(name: string): [id: string | undefined, follow: (id: string | undefined) => void] {
  const key = `switchyard.${name}`;
  const [id, setId] = useState(() => browserStorage.get(key));
  const follow = (next: string | undefined) => {
    browserStorage.set(key, next);
    setId(next);
  };
  return [id, follow];
}
