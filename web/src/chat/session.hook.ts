import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { browserStorage } from '../storage/page.storage.js';
import { hashOf, sessionOf } from './session.address.js';

const KEY = 'switchyard.chat_session';

function onHashChange(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}

/** The session to be shown: the one the address names, else the one this browser had last; undefined for a new one. */
export function useSession(): string | undefined {
  const hash = useSyncExternalStore(onHashChange, () => window.location.hash);
  // What other tabs keep meanwhile is not for this one, so storage is read when the address changes only.
  const session = useMemo(() => sessionOf(hash) ?? browserStorage.get(KEY), [hash]);
  useEffect(() => {
    if (session === undefined) return;
    browserStorage.set(KEY, session);
    if (sessionOf(hash) === undefined) window.location.replace(hashOf(session));
  }, [hash, session]);
  return session;
}

/** Shows a session from now on, also after a reload; undefined is to begin a new one. */
export function showSession(session: string | undefined): void {
  browserStorage.set(KEY, session);
  // Whoever has gone to another panel is not called back.
  if (!window.location.hash.startsWith(hashOf(undefined))) return;
  window.location.hash = hashOf(session);
  // The browser's own event comes later: what is written until then would be for the conversation shown before.
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
