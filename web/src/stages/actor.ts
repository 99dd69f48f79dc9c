import { BehaviorSubject } from 'rxjs';
import { browserStorage } from '../storage/page.storage.js';

const KEY = 'switchyard.actor';

/** The name of the operator at this browser, which the server records with each change; empty when not given. */
export const actor = new BehaviorSubject<string>(browserStorage.get(KEY) ?? '');

/** Keeps the operator's name for the next visit. */
export function keepActor(name: string): void {
  browserStorage.set(KEY, name === '' ? undefined : name);
  actor.next(name);
}

/** The name as a header carries it, which has only Latin letters. */
export function actorHeader(): string {
  const latin = actor.value
    .normalize('NFC')
    .replace(/[^\x20-\x7e\xa0-\xff]/g, '?')
    .trim();
  return latin === '' ? 'console' : latin;
}
