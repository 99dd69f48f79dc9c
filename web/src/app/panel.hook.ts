import { useSyncExternalStore } from 'react';
import { PANELS, type Panel } from './panel.list.js';

function onHashChange(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

/** Returns the panel that the address names between `#` and `/`, or the first panel. */
export function useCurrentPanel(): Panel {
  const hash = useSyncExternalStore(onHashChange, () => window.location.hash);
  const [named] = hash.slice(1).split('/');
  return PANELS.find(({ id }) => id === named) ?? PANELS[0];
}
