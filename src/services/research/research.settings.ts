/** The settings of researches. Times are milliseconds. */
export class ResearchSettings {
  /** The time limit of a research. */
  readonly timeoutMs: number = 120_000;
  /** The time limit of one request to the web engine. */
  readonly engineTimeoutMs: number = 15_000;
  /** How many passages one engine contributes. */
  readonly passages: number = 8;
  /** How many sites are searched one by one. */
  readonly sites: number = 10;
  /** How many pages are read for one report. */
  readonly readPages: number = 5;

  constructor(settings: Partial<ResearchSettings> = {}) {
    Object.assign(this, settings);
  }
}
