import { useSyncExternalStore } from 'react';
import { PANELS, type Panel } from './panel.list.js';

function onHashChange(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

/** The panel the address names after `#`; the first one when it names none. */
export function useCurrentPanel(): Panel {
  const hash = useSyncExternalStore(onHashChange, () => window.location.hash);
  return PANELS.find(({ id }) => `#${id}` === hash) ?? PANELS[0];
}
