/** Stands in for a payload that was larger than a call may be; the payload itself is dropped where it is decoded. */
export class Oversized {
  constructor(readonly limit_bytes: number) {}
}
