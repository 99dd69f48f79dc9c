import { BehaviorSubject } from 'rxjs';
import { tabStorage } from '../storage/page.storage.js';

const KEY = 'switchyard.admin_token';

/** The admin token of this tab; undefined without one. */
export const adminToken = new BehaviorSubject<string | undefined>(tabStorage.get(KEY));

/** Takes a token off the address (`#token=…`) and keeps it for this tab, so that it is neither shown nor bookmarked. */
export function keepTokenOfAddress(): void {
  const { hash, pathname, search } = window.location;
  const token = new URLSearchParams(hash.slice(1)).get('token');
  if (!token) return;
  window.history.replaceState(null, '', pathname + search);
  keep(token);
}

/** Forgets the token, here and in storage. */
export function forgetToken(): void {
  keep(undefined);
}

function keep(token: string | undefined): void {
  tabStorage.set(KEY, token);
  adminToken.next(token);
}
