import { browserStorage } from '../storage/page.storage.js';

const KEY = 'switchyard.project';

/** The project whose board this browser shows; undefined for the newest. */
export function chosenProject(): string | undefined {
  return browserStorage.get(KEY);
}

/** Shows a project's board from the next time on that boards are shown. */
export function chooseProject(id: string): void {
  browserStorage.set(KEY, id);
}
