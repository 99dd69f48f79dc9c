import type { ServiceContract } from '@switchyard/contract';
import type { Transport } from '../transport/transport.js';
import type { EventForms } from './event.forms.js';
import type { Findings } from './findings.js';

/** What is needed to make a call on a second wire. */
export interface RepeatedCallsOptions {
  contract: ServiceContract;
  transport: Pick<Transport, 'call' | 'state$'>;
  findings: Findings;
  forms: EventForms;
}

/** The least time between two repeated calls, in ms. */
const MIN_INTERVAL_MS = 1000;

/** Refusals about this client, its token or the time, which say nothing about the wires. */
const INCOMPARABLE = /^(rate|auth|connection|store|service|call)\./;

/**
 * Makes calls that the contract declares repeatable again on a second wire, and compares the replies. The second call has
 * the same `correlation_id`, so the server answers it from its record of the first and does nothing twice.
 */
export class RepeatedCalls {
  #lastAt = -Infinity;
  #isRunning = false;

  constructor(private readonly options: RepeatedCallsOptions) {}

  /** Takes a call that was answered on the wire in use. */
  answered(call: string, payload: object, data: unknown): void {
    const { contract, transport } = this.options;
    const now = performance.now();
    const { correlation_id } = payload as { correlation_id?: string };
    if (!contract.calls.get(call)?.repeatable || correlation_id === undefined) return;
    if (this.#isRunning || transport.state$.value.status !== 'connected') return;
    if (now - this.#lastAt < MIN_INTERVAL_MS) return;
    this.#lastAt = now;
    this.#isRunning = true;
    this.#repeat(call, payload, data)
      // Without a reply there is nothing to compare.
      .catch(() => undefined)
      .finally(() => (this.#isRunning = false));
  }

  async #repeat(call: string, payload: object, data: unknown): Promise<void> {
    const { contract, transport, findings, forms } = this.options;
    // The page may change its reply before the other one comes.
    const expected = structuredClone(data);
    const reply = await transport.call(call, payload);
    if (!reply.ok && INCOMPARABLE.test(reply.error.code)) return;
    const fields = reply.ok ? forms.replyDifferences(call, expected, reply.data) : ['ok'];
    if (fields.length === 0) findings.matched();
    else findings.mismatch('new', { kind: 'ack', room: roomOf(contract), name: call, fields });
  }
}

/** A call is of no room, so its service stands for it. */
function roomOf({ name }: ServiceContract): string {
  return name;
}
