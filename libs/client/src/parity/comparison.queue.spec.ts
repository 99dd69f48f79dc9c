import type { Mismatch } from '@switchyard/contract';
import { notes } from '../../test/notes.contract.js';
import { Comparison } from './comparison.js';
import { Findings } from './findings.js';

describe('the queue of a comparison', () => {
  it('compares later, drops what is too much at once, and goes on with what comes next', async () => {
    const found: Mismatch[] = [];
    const wires = { old: 'legacy', new: 'socketio' };
    const findings = new Findings('notes', wires, (mismatch) => mismatch && found.push(mismatch));
    const limits = { missingMs: 100 };
    const comparison = new Comparison({ contract: notes, codecs: {}, findings, limits });
    const room = comparison.open('book_b1');
    const [old, next] = [room.lane('old'), room.lane('new')];
    const event = (offset: number) => ({
      event: 'note_added',
      payload: { text: `${offset}` },
      position: { epoch: 'e', offset },
    });
    const both = (offset: number) => [old, next].forEach((lane) => lane.event(event(offset)));
    for (const lane of [old, next]) lane.joined({ recovered: false, epoch: 'e', offset: 0 });
    both(1);
    expect(findings.counts.matched).toBe(0);
    await comparison.decided();
    expect(findings.counts.matched).toBe(1);
    // It waits for the other lane, whose event is among those that are dropped.
    old.event(event(2));
    await new Promise<void>((resolve) => comparison.whenReviewed(() => (resolve(), true)));
    next.event(event(2));
    for (let offset = 3; offset <= 1500; offset += 1) both(offset);
    expect(findings.counts.shed).toBeGreaterThanOrEqual(2000);
    await comparison.decided();
    const { matched, shed } = findings.counts;
    both(1501);
    await comparison.decided();
    comparison.close();
    expect(found).toEqual([]);
    expect(findings.counts).toEqual({ matched: matched + 1, mismatches: 0, shed });
  });
});
