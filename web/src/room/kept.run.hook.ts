import { useState } from 'react';
import { browserStorage } from '../storage/page.storage.js';

/** The run that this browser follows, kept across reloads under `switchyard.{name}`, and how to follow another or none. */
export function useKeptRun(name: string): [id: string | undefined, follow: (id: string | undefined) => void] {
  const key = `switchyard.${name}`;
  const [id, setId] = useState(() => browserStorage.get(key));
  const follow = (next: string | undefined) => {
    browserStorage.set(key, next);
    setId(next);
  };
  return [id, follow];
}
