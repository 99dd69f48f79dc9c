import { isOpenTo, ownerOf, type Caller } from '../caller/caller.js';
import { changeDocuments } from '../store/document.conflict.js';
import type { Store } from '../store/store.js';

interface RoomOwner {
  user: string;
}

/** Remembers the owners of rooms that come into being when a client names them: a room is its first user's. */
export class RoomOwners {
  constructor(
    private readonly store: Pick<Store, 'documents'>,
    private readonly collection: string,
  ) {}

  /** Whether the caller may enter the room `key`; the first user who asks becomes its owner. @throws Fault `store.unavailable` */
  claim(caller: Caller, key: string): Promise<boolean> {
    const { documents } = this.store;
    const user = ownerOf(caller);
    return changeDocuments(async () => {
      const owner = await documents.get<RoomOwner>(this.collection, key);
      if (owner || user === undefined) return isOpenTo(caller, owner?.user);
      await documents.write([{ collection: this.collection, id: key, value: { user }, expect: null }]);
      return true;
    });
  }
}
