import { defineService } from '@switchyard/contract';
import { ServiceGateway } from './service-gateway.decorator.js';

interface LampTypes {
  room: { lamp_id: string };
  calls: Record<never, never>;
  events: { lit: { at: number } };
  snapshot: { at: number };
}

const lamp = (notFound?: string) =>
  defineService<LampTypes>()({
    name: 'lamp',
    kind: 'state',
    room: { prefix: 'lamp', key: 'lamp_id' },
    join: 'join_lamp',
    leave: 'leave_lamp',
    snapshot: 'lit',
    calls: {},
    events: { lit: {} },
    ...(notFound && { notFound }),
  });

describe('a gateway', () => {
  it('is refused when the fault for an unknown room is not registered', () => {
    expect(() => ServiceGateway(lamp('lamp.nowhere'))).toThrow(
      'unable to serve lamp; its notFound, "lamp.nowhere", is no fault',
    );
  });

  it.each([undefined, 'room.forbidden'])('may have the fault %p for an unknown room', (notFound) => {
    expect(ServiceGateway(lamp(notFound))).toBeInstanceOf(Function);
  });
});
