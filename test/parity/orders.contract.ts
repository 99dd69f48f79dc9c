import { defineService, type LegacyCodec } from '@switchyard/contract';

/** A change of an order, as the new service tells it. */
interface OrderChanged {
  order_id: string;
  revision: number;
  state: string;
  total: number;
  /** When this service told it, ISO 8601 with Z. */
  told_at: string;
}

export interface OrderTypes {
  room: { order_id: string };
  calls: Record<never, never>;
  events: { order_changed: OrderChanged };
  snapshot: OrderChanged;
}

/** The service that is to take over from the hand-made gateway. */
export const orders = defineService<OrderTypes>()({
  name: 'orders',
  kind: 'log',
  room: { prefix: 'order', key: 'order_id' },
  join: 'join_order',
  leave: 'leave_order',
  snapshot: 'order',
  calls: {},
  events: { order_changed: {} },
});

/** A frame of the hand-made gateway. */
export interface OldOrderFrame {
  kind: 'welcome' | 'order';
  order: { id: string; rev: number; state: string; totalCents: number; sentAt: number };
}

/** Reads the frames of the hand-made gateway, which have no positions; only the comparison uses it. */
export const ordersOwn: LegacyCodec<OrderTypes> = {
  path: '/ws/orders',
  decodeEvent: (frame) => {
    const { kind, order } = frame as unknown as OldOrderFrame;
    const payload: OrderChanged = {
      order_id: order.id,
      revision: order.rev,
      state: order.state,
      total: order.totalCents / 100,
      told_at: new Date(order.sentAt).toISOString(),
    };
    return kind === 'welcome' ? { kind: 'snapshot', payload } : { kind: 'event', event: 'order_changed', payload };
  },
  identify: ({ payload }) => `${payload.order_id} revision ${payload.revision}`,
  // Cents on the old wire, and sums of prices on the new one.
  normalise: ({ event, payload }) => ({ event, payload: { ...payload, total: Math.round(payload.total * 100) } }),
  ignore: { order_changed: ['told_at'] },
  encodeEvent: ({ payload }) => ({
    kind: 'order',
    order: {
      id: payload.order_id,
      rev: payload.revision,
      state: payload.state,
      totalCents: Math.round(payload.total * 100),
      sentAt: Date.parse(payload.told_at),
    },
  }),
  // The gateway has no use for the rest: it writes its own frames.
  encodeSnapshot: () => [],
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  unknownRoom: () => ({ frames: [] }),
  project: (event) => event,
};
