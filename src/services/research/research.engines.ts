import { Fault } from '@switchyard/contract';
import type { EngineName } from '@switchyard/services';
import type { SearchEngine } from './search.engine.js';

/** The engines there are. */
export class ResearchEngines {
  constructor(private readonly engines: readonly SearchEngine[]) {}

  /** Those named, or all. @throws Fault `engine.unavailable` */
  chosen(names: readonly EngineName[] | undefined): readonly SearchEngine[] {
    if (!names) return this.engines;
    return names.map((name) => {
      const engine = this.engines.find((known) => known.name === name);
      if (!engine) throw new Fault('engine.unavailable', { engines: this.engines.map((known) => known.name) });
      return engine;
    });
  }
}
