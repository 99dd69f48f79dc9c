import type { IncomingMessage } from 'node:http';
import { Injectable, type Provider } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { BaseRoomService, ServiceGateway } from '@switchyard/server';
import { Subject } from 'rxjs';
import type { WebSocket } from 'ws';
import { orders, type OldOrderFrame } from './orders.contract.js';

/** An order of the shop. */
export interface Order {
  id: string;
  revision: number;
  state: string;
  prices: number[];
}

/** The shop's orders, from which both implementations are fed. */
@Injectable()
export class OrderDesk {
  readonly changes$ = new Subject<Order>();
  private readonly all = new Map<string, Order>();

  find(id: string): Order | undefined {
    return this.all.get(id);
  }

  change(id: string, state: string, prices: number[]): void {
    const order = { id, state, prices, revision: (this.all.get(id)?.revision ?? 0) + 1 };
    this.all.set(id, order);
    this.changes$.next(order);
  }
}

/** What the old code does wrong in a test, and the revision that it shows at. */
export interface OldBug {
  what: 'off by one' | 'dropped';
  at: number;
}

/** The team's own gateway: raw WebSockets, hand-made frames, no positions. */
@Injectable()
@WebSocketGateway({ path: '/ws/orders' })
export class OldOrdersGateway implements OnGatewayConnection {
  /** The bugs, by the order that has one. */
  readonly bugs = new Map<string, OldBug>();

  constructor(private readonly desk: OrderDesk) {}

  handleConnection(client: WebSocket, request: IncomingMessage): void {
    const id = new URL(request.url!, 'http://shop').searchParams.get('order_id')!;
    const send = (kind: OldOrderFrame['kind'], order: Order) => client.send(JSON.stringify(this.frame(kind, order)));
    const known = this.desk.find(id);
    if (known) send('welcome', known);
    const following = this.desk.changes$.subscribe((order) => {
      if (order.id !== id || this.has('dropped', order)) return;
      send('order', order);
    });
    client.once('close', () => following.unsubscribe());
  }

  private has(what: OldBug['what'], { id, revision }: Order): boolean {
    const bug = this.bugs.get(id);
    return bug?.what === what && bug.at === revision;
  }

  private frame(kind: OldOrderFrame['kind'], order: Order): OldOrderFrame {
    const { id, revision, state, prices } = order;
    const counted = this.has('off by one', order) ? prices.slice(1) : prices;
    const totalCents = Math.round(100 * counted.reduce((sum, price) => sum + price, 0));
    return { kind, order: { id, rev: revision, state, totalCents, sentAt: Date.now() } };
  }
}

/** The service that is to take over. */
@ServiceGateway(orders)
class OrdersGateway extends BaseRoomService<typeof orders> {
  constructor(private readonly desk: OrderDesk) {
    super();
    desk.changes$.subscribe((order) => void this.publish(order.id, 'order_changed', eventOf(order)));
  }

  override snapshot(id: string) {
    const order = this.desk.find(id);
    return order && eventOf(order);
  }
}

const eventOf = ({ id, revision, state, prices }: Order) => ({
  order_id: id,
  revision,
  state,
  total: prices.reduce((sum, price) => sum + price, 0),
  told_at: new Date().toISOString(),
});

/** Both implementations beside each other, for one application. */
export const ORDER_PROVIDERS: Provider[] = [OrderDesk, OldOrdersGateway, OrdersGateway];
