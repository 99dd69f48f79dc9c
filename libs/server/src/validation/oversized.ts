/** Replaces the payload of a call that exceeds its size limit; the payload itself is dropped when it is decoded. */
export class Oversized {
  constructor(readonly limit_bytes: number) {}
}
