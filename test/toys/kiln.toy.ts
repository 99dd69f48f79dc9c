import { Fault, defineService } from '@switchyard/contract';
import { BaseRunService, Call, RunLeases, RunStore, Runs, STORE, ServiceGateway, type Store } from '@switchyard/server';
import { Inject } from '@nestjs/common';
import { IsString } from 'class-validator';

export class KilnRef {
  @IsString()
  kiln_id: string;
}

interface KilnTypes {
  room: { kiln_id: string };
  calls: Record<'fire' | 'stoke' | 'cool' | 'crack', { payload: KilnRef; reply: KilnRef }>;
  events: { cooled: KilnRef };
  snapshot: KilnRef;
}

/** A service with runs, which stores nothing. */
export const kiln = defineService<KilnTypes>()({
  name: 'kiln',
  kind: 'log',
  room: { prefix: 'kiln', key: 'kiln_id' },
  join: 'join_kiln',
  leave: 'leave_kiln',
  snapshot: 'kiln_state',
  calls: { fire: {}, stoke: {}, cool: { repeatable: true }, crack: {} },
  events: { cooled: { terminal: true } },
});

class NoKilns extends RunStore<KilnRef> {
  constructor(store: Store) {
    super(
      store,
      'kilns',
      ({ kiln_id }) => kiln_id,
      () => true,
    );
  }
}

@ServiceGateway(kiln)
export class KilnGateway extends BaseRunService<typeof kiln, KilnRef> {
  /** The calls in this process. */
  readonly called: string[] = [];
  /** Runs during `stoke` and `cool`. */
  meanwhile: () => Promise<unknown> = () => Promise.resolve();
  /** The reply of `stoke`. */
  stoked: (ref: KilnRef) => KilnRef = (ref) => ref;

  constructor(leases: RunLeases, @Inject(STORE) store: Store) {
    super(new Runs(leases, kiln.name), new NoKilns(store));
  }

  override snapshot(kiln_id: string): KilnRef {
    return { kiln_id };
  }

  @Call('fire')
  async fire({ kiln_id }: KilnRef) {
    const untilCut = (signal: AbortSignal) =>
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    const work = async (signal: AbortSignal) => {
      await untilCut(signal);
      await this.publishRunEvent(kiln_id, 'cooled', { kiln_id });
    };
    await this.runs.begin(kiln_id, work, () => Promise.resolve());
    return { kiln_id };
  }

  @Call('stoke', { at: 'run' })
  async stoke({ kiln_id }: KilnRef) {
    this.called.push('stoke');
    await this.meanwhile();
    return this.stoked({ kiln_id });
  }

  @Call('cool', { at: 'run' })
  async cool({ kiln_id }: KilnRef) {
    this.called.push('cool');
    await this.meanwhile();
    return { kiln_id };
  }

  @Call('crack', { at: 'run' })
  crack(_: KilnRef): KilnRef {
    throw new Fault('payload.too_large', { limit_bytes: 1 });
  }

  protected override endOrphan(): Promise<void> {
    return Promise.resolve();
  }
}
