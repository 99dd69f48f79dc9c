import { Fault } from '@switchyard/contract';
import type { EngineName } from '@switchyard/services';
import type { SearchEngine } from './search.engine.js';

/** The available search engines. */
export class ResearchEngines {
  constructor(private readonly engines: readonly SearchEngine[]) {}

  /** Returns the named engines, or all, which then search for `reader`. @throws Fault `engine.unavailable` */
  chosen(names: readonly EngineName[] | undefined, reader: string | undefined): readonly SearchEngine[] {
    const chosen = names ? names.map((name) => this.named(name)) : this.engines;
    return chosen.map((engine) => ({
      name: engine.name,
      label: engine.label,
      isSecondHand: engine.isSecondHand,
      search: (query, signal) => engine.search(query, signal, reader),
    }));
  }

  private named(name: EngineName): SearchEngine {
    const engine = this.engines.find((known) => known.name === name);
    if (!engine) throw new Fault('engine.unavailable', { engines: this.engines.map((known) => known.name) });
    return engine;
  }
}
