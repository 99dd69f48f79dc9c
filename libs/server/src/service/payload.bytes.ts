import { defineFaults, Fault } from '@switchyard/contract';

defineFaults({
  'payload.binary': {
    status: 500,
    recoverable: false,
    message:
      'unable to publish the event; a field of its payload has bytes, which are not the same on every wire and store',
    help: 'Put base64 into the payload (bytesToBase64); a codec can make a binary frame of it.',
  },
});

/** Refuses an event whose payload has a field with bytes: the log and most wires are JSON. @throws Fault `payload.binary` */
export function refuseBytes(payload: object): void {
  for (const [field, value] of Object.entries(payload)) {
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) throw new Fault('payload.binary', { field });
  }
}
