import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { browserStorage } from '../storage/page.storage.js';
import { hashOf, sessionOf } from './session.address.js';

const KEY = 'switchyard.chat_session';

function onHashChange(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

/** Returns the session in the address, else this browser's last one; undefined for a new conversation. */
export function useSession(): string | undefined {
  const hash = useSyncExternalStore(onHashChange, () => window.location.hash);
  // Storage is read only when the address changes, because other tabs' sessions are not for this tab.
  const session = useMemo(() => sessionOf(hash) ?? browserStorage.get(KEY), [hash]);
  useEffect(() => {
    if (session === undefined) return;
    browserStorage.set(KEY, session);
    if (sessionOf(hash) === undefined) window.location.replace(hashOf(session));
  }, [hash, session]);
  return session;
}

/** Shows a session from now on, also after a reload; undefined starts a new one. */
export function showSession(session: string | undefined): void {
  browserStorage.set(KEY, session);
  // Do not return users who have switched to another panel.
  if (!window.location.hash.startsWith(hashOf(undefined))) return;
  window.location.hash = hashOf(session);
  // The browser's own event comes later; text typed until then would belong to the previous conversation.
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
