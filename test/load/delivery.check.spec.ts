import { DeliveryCheck, type DeliveryTally } from './delivery.check.js';
import { EventLedger } from './event.ledger.js';

const CLEAN: DeliveryTally = { delivered: 0, lost: 0, duplicated: 0, reordered: 0, snapshots: 0 };

describe('the check of a client’s deliveries', () => {
  let ledger: EventLedger;
  let tally: DeliveryTally;
  beforeEach(() => {
    ledger = new EventLedger();
    tally = { ...CLEAN };
  });

  /** A client that starts at offset 0 and is delivered events, each named by its offset unless `named`. */
  const client = (...offsets: (number | [offset: number, named: string])[]) => {
    const check = new DeliveryCheck(ledger, tally);
    check.snapshot([], { epoch: 'e', offset: 0 });
    for (const each of offsets) {
      const [offset, name] = typeof each === 'number' ? [each, `event ${each}`] : each;
      check.event(name, { epoch: 'e', offset });
    }
    return check;
  };

  it('finds nothing wrong with events that come once and in order', () => {
    client(1, 2, 3);
    client(1, 2, 3);
    expect(tally).toEqual({ ...CLEAN, delivered: 6 });
  });

  it('counts each skipped event as lost', () => {
    client(1, 4, 5);
    expect(tally).toEqual({ ...CLEAN, delivered: 3, lost: 2 });
  });

  it('counts a repeated event as duplicated', () => {
    client(1, 2, 2, 3, 1);
    expect(tally).toEqual({ ...CLEAN, delivered: 5, duplicated: 2 });
  });

  it('counts an event that comes after a later one as reordered, and not as lost', () => {
    client(1, 3, 2, 4);
    expect(tally).toEqual({ ...CLEAN, delivered: 4, reordered: 1 });
  });

  it('counts an event as reordered that another client got at a different position', () => {
    client(1, 2, 3);
    client(1, [2, 'event 3'], [3, 'event 2']);
    expect(tally).toEqual({ ...CLEAN, delivered: 6, reordered: 2 });
  });

  it('counts every snapshot after the first', () => {
    client(1, 2).snapshot([], { epoch: 'e', offset: 5 });
    expect(tally).toEqual({ ...CLEAN, delivered: 2, snapshots: 1 });
  });

  it('tells how many events are missing up to the head of the room', () => {
    const check = client(1, 2);
    expect([check.behind({ epoch: 'e', offset: 5 }), check.behind({ epoch: 'e', offset: 2 })]).toEqual([3, 0]);
  });
});

describe('the ledger of a room', () => {
  const change = { id: 'task', version: 2 };

  it('counts an acknowledged event as unseen until a client gets it', () => {
    const ledger = new EventLedger();
    ledger.acknowledge('changed', change);
    expect(ledger.unseen).toBe(1);
    ledger.agrees({ epoch: 'e', offset: 1 }, 'changed');
    expect(ledger.unseen).toBe(0);
  });

  it('does not wait for an event that came before its acknowledgement', () => {
    const ledger = new EventLedger();
    ledger.agrees({ epoch: 'e', offset: 1 }, 'changed');
    ledger.acknowledge('changed', change);
    expect(ledger.unseen).toBe(0);
  });

  it('takes an acknowledged event as seen when a snapshot has its version', () => {
    const ledger = new EventLedger();
    ledger.acknowledge('changed', change);
    ledger.show([{ ...change, version: 1 }]);
    expect(ledger.unseen).toBe(1);
    ledger.show([change]);
    expect(ledger.unseen).toBe(0);
  });
});
