import type { ContractEvent, LegacyCodec, LegacyFrame, Mismatch, ServiceContract, TypesOf } from '@switchyard/contract';
import { EventForms } from '../../libs/client/src/parity/event.forms.js';
import { Findings } from '../../libs/client/src/parity/findings.js';
import { DEFAULT_COMPARISON_LIMITS } from '../../libs/client/src/parity/comparison.rules.js';
import { RoomComparator } from '../../libs/client/src/parity/room.comparator.js';

const CONTEXT = { key: 'key', session_id: 'session', now: '2026-01-01T00:00:00.000Z' };

/** Through text, as on the wire. */
const received = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/**
 * Compares what a healthy server sends on an old wire and on the new one, with positions and without; gives the mismatches,
 * of which there must be none.
 */
export function compareInSilence<C extends ServiceContract>(
  contract: C,
  codec: LegacyCodec<TypesOf<C>>,
  events: readonly ContractEvent<TypesOf<C>>[],
) {
  const compare = (isPlain: boolean) => {
    const found: Mismatch[] = [];
    const wires = { old: 'legacy', new: 'socketio' };
    const findings = new Findings(contract.name, wires, (mismatch) => mismatch && found.push(mismatch));
    const forms = new EventForms(contract, { legacy: codec as never });
    const room = new RoomComparator('room', { ...DEFAULT_COMPARISON_LIMITS, contract, forms, findings });
    const position = { epoch: 'e', offset: 0 };
    room.joined('old', { recovered: false, ...(!isPlain && position) }, 0);
    room.joined('new', { recovered: false, ...position }, 0);
    // By then, comparing has begun without a common event too.
    const at = DEFAULT_COMPARISON_LIMITS.lateMs + 1;
    events.forEach((given, index) => {
      const sent = { ...received(given), position: { epoch: 'e', offset: index + 1 } };
      room.event('new', sent, at);
      const frame = codec.encodeEvent(given, CONTEXT);
      if (!isPlain) {
        const envelope = typeof frame === 'object' ? frame : { type: '_sy' };
        room.event('old', { ...received(sent), frame: received({ ...envelope, _sy: {} }) }, at);
        return;
      }
      const message = frame === undefined ? undefined : codec.decodeEvent(received(frame) as LegacyFrame);
      if (message?.kind === 'event') room.event('old', { event: message.event, payload: message.payload }, at);
    });
    room.advance(at + DEFAULT_COMPARISON_LIMITS.missingMs);
    return found;
  };
  return { positioned: compare(false), plain: compare(true) };
}
