import type { Mismatch, Reply } from '@switchyard/contract';
import { BehaviorSubject } from 'rxjs';
import { notes } from '../../test/notes.contract.js';
import type { TransportState } from '../transport/transport.js';
import { EventForms } from './event.forms.js';
import { Findings } from './findings.js';
import { RepeatedCalls } from './repeated.calls.js';

const CALL = 'list_notes';
const PAYLOAD = { book_id: 'b1', correlation_id: 'c1' };

/** Calls on a wire that answers with `reply`. */
function repeated(reply: Reply, status: TransportState['status'] = 'connected') {
  const found: Mismatch[] = [];
  const sent: [string, object][] = [];
  const contract = { ...notes, calls: new Map([[CALL, { repeatable: true }], ...notes.calls]) };
  const wires = { old: 'legacy', new: 'socketio' };
  const findings = new Findings('notes', wires, (mismatch) => mismatch && found.push(mismatch));
  const call = (...asked: [string, object]) => {
    sent.push(asked);
    return Promise.resolve(reply);
  };
  const transport = { call, state$: new BehaviorSubject<TransportState>({ status, failures: 0 }) };
  const calls = new RepeatedCalls({ contract, transport, findings, forms: new EventForms(contract, {}) });
  return { calls, found, sent, findings };
}

/** Lets the replies arrive. */
const replies = () => new Promise((resolve) => setImmediate(resolve));

describe('a call on the wire that is compared', () => {
  it('is made again with its correlation id, and has the same reply', async () => {
    const { calls, found, sent, findings } = repeated({ ok: true, data: { texts: ['a'] } });
    calls.answered(CALL, PAYLOAD, { texts: ['a'] });
    await replies();
    expect(sent).toEqual([[CALL, PAYLOAD]]);
    expect([found, findings.counts.matched]).toEqual([[], 1]);
  });

  it('is reported with the fields in which its reply differs', async () => {
    const { calls, found } = repeated({ ok: true, data: { texts: ['b'] } });
    const data = { texts: ['a'] };
    calls.answered(CALL, PAYLOAD, data);
    // The page may change what it was given.
    data.texts[0] = 'b';
    await replies();
    expect(found).toMatchObject([{ kind: 'ack', name: CALL, wire: 'socketio', fields: ['texts.0'] }]);
  });

  it('is reported when it is refused, unless a limit or the client is the reason', async () => {
    const error = (code: string) => ({ code, error: '', timestamp: '', recoverable: false, help: '' });
    const refused = repeated({ ok: false, error: error('note.lost') });
    refused.calls.answered(CALL, PAYLOAD, {});
    const limited = repeated({ ok: false, error: error('rate.limited') });
    limited.calls.answered(CALL, PAYLOAD, {});
    await replies();
    expect(refused.found).toMatchObject([{ kind: 'ack', fields: ['ok'] }]);
    expect([limited.found, limited.findings.counts.matched]).toEqual([[], 0]);
  });

  it('is not made when it must not run twice, has no correlation id, or follows another within a second', async () => {
    const { calls, sent } = repeated({ ok: true, data: {} });
    calls.answered('add_note', PAYLOAD, {});
    calls.answered(CALL, { book_id: 'b1' }, {});
    expect(sent).toEqual([]);
    calls.answered(CALL, PAYLOAD, {});
    await replies();
    calls.answered(CALL, PAYLOAD, {});
    expect(sent).toHaveLength(1);
  });

  it('is not made while the wire is lost', () => {
    const { calls, sent } = repeated({ ok: true, data: {} }, 'disconnected');
    calls.answered(CALL, PAYLOAD, {});
    expect(sent).toEqual([]);
  });
});
