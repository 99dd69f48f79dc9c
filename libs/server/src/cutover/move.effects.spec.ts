import { Logger, type LoggerService } from '@nestjs/common';
import type { MoveEffect } from '@switchyard/contract';
import { effectOf } from '../stages/effect.documents.js';
import { MemoryStore } from '../store/memory/memory.store.js';
import { MoveEffects } from './move.effects.js';

/** A store whose documents cannot be written while it is away. */
function storeAway(): { store: MemoryStore; isAway: boolean } {
  const store = new MemoryStore();
  const state = { store, isAway: true };
  const write = store.documents.write.bind(store.documents);
  store.documents.write = (writes) => (state.isAway ? Promise.reject(new Error('away')) : write(writes));
  return state;
}

describe('the effects of changes', () => {
  const warnings: string[] = [];
  const logger: LoggerService = { log() {}, error() {}, warn: (text: string) => void warnings.push(text) };
  beforeAll(() => Logger.overrideLogger(logger));
  afterAll(() => Logger.overrideLogger(true));
  beforeEach(() => warnings.splice(0));

  it('wait for a store that is away, as they are then, and are logged once', async () => {
    const state = storeAway();
    const effects = new MoveEffects(state.store);
    const effect: MoveEffect = { told: 3, moved: 0 };
    effects.write('a-change', effect);
    for (let times = 0; times < 3; times += 1) await effects.flush();
    expect(warnings).toHaveLength(1);
    effect.moved = 2;
    state.isAway = false;
    await effects.flush();
    expect(await effectOf(state.store.documents, 'a-change')).toEqual({ told: 3, moved: 2 });
    // What is written is not written again, and a later outage is news.
    state.isAway = true;
    await effects.flush();
    expect(warnings).toHaveLength(1);
    effects.write('a-change', effect);
    await effects.flush();
    expect(warnings).toHaveLength(2);
  });

  it('are written by themselves soon after they grew', async () => {
    const store = new MemoryStore();
    const written = new Promise<void>((resolve) => {
      const write = store.documents.write.bind(store.documents);
      store.documents.write = (writes) => write(writes).finally(resolve);
    });
    new MoveEffects(store).write('a-change', { told: 1, moved: 1 });
    // The effects let a process end, which this test must not.
    const alive = setInterval(() => undefined, 1000);
    await written;
    clearInterval(alive);
    expect(await effectOf(store.documents, 'a-change')).toEqual({ told: 1, moved: 1 });
  });
});
