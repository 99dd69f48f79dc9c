import { browserStorage } from '../storage/page.storage.js';

const KEY = 'switchyard.project';

/** Returns the project whose board this browser shows; undefined for the newest. */
export function chosenProject(): string | undefined {
  return browserStorage.get(KEY);
}

/** Stores the project whose board is shown next time. */
export function chooseProject(id: string): void {
  browserStorage.set(KEY, id);
}
