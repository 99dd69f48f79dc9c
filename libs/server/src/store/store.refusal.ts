const CODES: ReadonlySet<string> = new Set(['store.unavailable', 'store.stopped']);

/** Whether a fault's code is one that a store refuses a write with that it has not made. */
export function isStoreRefusal(code: string): boolean {
  return CODES.has(code);
}
