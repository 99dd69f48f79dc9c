import { useSyncExternalStore } from 'react';
import { PANELS, type Panel } from './panel.list.js';

function onHashChange(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

/** The panel the address names after `#`, up to a `/`; the first one when it names none. */
export function useCurrentPanel(): Panel {
  const hash = useSyncExternalStore(onHashChange, () => window.location.hash);
  const [named] = hash.slice(1).split('/');
  return PANELS.find(({ id }) => id === named) ?? PANELS[0];
}
