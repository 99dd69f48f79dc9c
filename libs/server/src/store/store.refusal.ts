const CODES: ReadonlySet<string> = new Set(['store.unavailable', 'store.stopped']);

/** Whether a fault's code means that the store refused a write and did not make it. */
export function isStoreRefusal(code: string): boolean {
  return CODES.has(code);
}
