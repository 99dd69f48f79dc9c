import { Fault, type Reply } from '@switchyard/contract';
import type { Connection } from './socketio.connection.js';

/** The function by which a client wants its answer. */
export type Ack = (reply: Reply) => void;

/** Whether the last argument of an event is the client's function for the answer. */
export function isAck(ack: unknown): ack is Ack {
  return typeof ack === 'function';
}

/** Answers a client; without a function for the answer, a refusal goes out as `service_error`. */
export function answer(socket: Connection, reply: Reply, ack: Ack | undefined): void {
  if (ack) ack(reply);
  else if (!reply.ok) socket.emit('service_error', reply.error);
}

/** Answers a client with the fault that something thrown makes. */
export function refuse(socket: Connection, thrown: unknown, ack?: unknown): void {
  answer(socket, { ok: false, error: Fault.from(thrown).toBody() }, isAck(ack) ? ack : undefined);
}

/** The refusal of a payload that names no room of the service. */
export function noRoom(): Fault {
  return new Fault('input.invalid', { expected: 'a room of this service' });
}
