import { BehaviorSubject } from 'rxjs';

const KEY = 'switchyard.admin_token';

/** The admin token of this tab; undefined without one. */
export const adminToken = new BehaviorSubject<string | undefined>(kept());

/** Takes a token off the address (`#token=…`) and keeps it for this tab, so that it is neither shown nor bookmarked. */
export function keepTokenOfAddress(): void {
  const { hash, pathname, search } = window.location;
  const token = new URLSearchParams(hash.slice(1)).get('token');
  if (!token) return;
  window.history.replaceState(null, '', pathname + search);
  try {
    window.sessionStorage.setItem(KEY, token);
  } catch {
    // Without storage it is known until the next load.
  }
  adminToken.next(token);
}

/** Forgets the token, here and in storage. */
export function forgetToken(): void {
  try {
    window.sessionStorage.removeItem(KEY);
  } catch {
    // Then it was never kept.
  }
  adminToken.next(undefined);
}

function kept(): string | undefined {
  try {
    return window.sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}
