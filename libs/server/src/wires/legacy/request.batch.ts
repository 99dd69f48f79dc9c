/** Whether a frame's value is a batch of requests, of at most `max`. */
export function isBatch(value: unknown, max = 0): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.length <= max;
}

/** The bytes of one request of a batch, as JSON. */
export function sizeOf(request: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(request));
  } catch {
    // It is nested too deep to be written, and so to be a call.
    return Infinity;
  }
}
