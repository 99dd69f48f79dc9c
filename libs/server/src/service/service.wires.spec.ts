import type { Delivery } from '../room/delivery.js';
import type { ServiceWire } from './service.wire.js';
import { ServiceWires } from './service.wires.js';

const DELIVERY = { event: 'moved', payload: {} } as Delivery;

describe('an event', () => {
  const order: string[] = [];
  const wires = new ServiceWires([], { delivered: () => undefined });
  for (const name of ['socketio', 'legacy', 'sse']) {
    wires.add({ name, deliver: () => void order.push(name) } as unknown as ServiceWire);
  }
  const deliver = (socketio: { clients: number; shadows: number }) => {
    order.length = 0;
    const members = { socketio, legacy: { clients: 5, shadows: 0 } };
    wires.deliver('yard_1', DELIVERY, new Map(Object.entries(members)));
    return order;
  };

  it('goes out last on a wire that is only compared', () => {
    expect(deliver({ clients: 0, shadows: 2 })).toEqual(['legacy', 'sse', 'socketio']);
  });

  it('goes out in the order of the wires where each has clients', () => {
    expect(deliver({ clients: 1, shadows: 2 })).toEqual(['socketio', 'legacy', 'sse']);
  });
});
