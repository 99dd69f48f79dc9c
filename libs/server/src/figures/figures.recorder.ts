import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { SeriesWriter } from '../counters/series.writer.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { Stages } from '../stages/stages.js';
import { STORE, type Store } from '../store/store.js';

/** Moves what the services of this process have counted into the store. */
@Injectable()
export class FiguresRecorder implements OnApplicationBootstrap {
  private readonly writer: SeriesWriter;

  constructor(
    private readonly registry: ServiceRegistry,
    private readonly stages: Stages,
    @Inject(STORE) store: Store,
  ) {
    this.writer = new SeriesWriter('figures', new Logger('figures'), store, () =>
      registry.all().map(({ contract, counters }) => [contract.name, counters.drain()] as const),
    );
  }

  onApplicationBootstrap(): void {
    for (const { contract, wires, counters } of this.registry.all()) {
      counters.divide({
        ofWire: (wire) => wires.advisedAs(wire),
        ofCaller: (caller) => this.stages.wire(contract.name, caller),
      });
    }
    this.writer.start();
  }

  /** Hands everything that was counted so far to the store. Never rejects. */
  flush(): Promise<void> {
    return this.writer.flush();
  }

  /** Writes the last counts; a store that does not answer holds up a shutdown for a moment only. */
  close(): Promise<void> {
    return this.writer.close();
  }
}
