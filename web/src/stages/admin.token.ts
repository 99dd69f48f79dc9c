import { BehaviorSubject } from 'rxjs';
import { tabStorage } from '../storage/page.storage.js';

const KEY = 'switchyard.admin_token';

/** Returns this tab's admin token, if any. */
export const adminToken = new BehaviorSubject<string | undefined>(tabStorage.get(KEY));

/** Moves a token from the address (`#token=…`) into this tab's storage, so that it is not shown or bookmarked. */
export function keepTokenOfAddress(): void {
  const { hash, pathname, search } = window.location;
  const token = new URLSearchParams(hash.slice(1)).get('token');
  if (!token) return;
  window.history.replaceState(null, '', pathname + search);
  keep(token);
}

/** Deletes the token from memory and storage. */
export function forgetToken(): void {
  keep(undefined);
}

function keep(token: string | undefined): void {
  tabStorage.set(KEY, token);
  adminToken.next(token);
}
