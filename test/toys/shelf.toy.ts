import { defineService, type LegacyCodec } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, legacy } from '@switchyard/server';
import { IsString, Length } from 'class-validator';

export class Item {
  @IsString()
  @Length(1, 40)
  id: string;

  @IsString()
  title: string;
}

export class ItemRef {
  @IsString()
  id: string;
}

export interface ShelfTypes {
  room: object;
  calls: { put_item: { payload: Item; reply: Item }; remove_item: { payload: ItemRef; reply: ItemRef } };
  events: { item_put: Item; item_removed: ItemRef };
  snapshot: { items: Item[] };
}

/** A `collection` service with a single room. */
export const shelf = defineService<ShelfTypes>()({
  name: 'shelf',
  kind: 'collection',
  room: { name: 'the_shelf' },
  join: 'join_shelf',
  leave: 'leave_shelf',
  snapshot: 'shelf_items',
  calls: { put_item: { repeatable: true }, remove_item: { repeatable: true } },
  events: { item_put: {}, item_removed: {} },
});

/** The shelf's old wire, which has frames for items only. */
export const shelfLegacy: LegacyCodec<ShelfTypes> = {
  path: '/api/shelf/stream',
  heartbeat: { every_ms: 20, frame: ({ now }) => ({ type: 'heartbeat', data: { timestamp: now } }) },
  encodeEvent: (event) => ({ type: event.event, data: event.payload }),
  encodeSnapshot: ({ items }) => [{ type: 'items', data: items }],
  decodeEvent: (frame) => {
    if (typeof frame === 'string') return undefined;
    if (frame.type === 'heartbeat') return { kind: 'alive' };
    if (frame.type === 'items') return { kind: 'snapshot', payload: { items: frame.data as Item[] } };
    return { kind: 'event', event: frame.type as 'item_put', payload: frame.data as Item };
  },
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  unknownRoom: () => ({ frames: [] }),
  project: (event) => event,
};

@ServiceGateway(shelf, { wires: [legacy(shelfLegacy)] })
export class ShelfGateway extends BaseRoomService<typeof shelf> {
  readonly items = new Map<string, Item>();

  override snapshot() {
    return { items: [...this.items.values()] };
  }

  @Call('put_item')
  async put(item: Item): Promise<Item> {
    this.items.set(item.id, item);
    await this.commit('all', 'item_put', item);
    return item;
  }

  @Call('remove_item')
  async remove({ id }: ItemRef): Promise<ItemRef> {
    this.items.delete(id);
    await this.commit('all', 'item_removed', { id });
    return { id };
  }
}
