import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { STORE, type Store } from '../store/store.js';

/** Closes the store last, when the services and the wires have written everything. */
@Injectable()
export class StoreCloser implements OnApplicationShutdown {
  constructor(@Inject(STORE) private readonly store: Store) {}

  async onApplicationShutdown(): Promise<void> {
    await this.store.close();
  }
}
