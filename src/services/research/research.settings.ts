/** How researches are made. Times are milliseconds. */
export class ResearchSettings {
  readonly timeoutMs: number = 120_000;
  /** For one request to the web engine. */
  readonly engineTimeoutMs: number = 15_000;
  /** Passages that one engine contributes. */
  readonly passages: number = 8;
  /** Sites that are searched one by one. */
  readonly sites: number = 10;
  /** Pages that are read for one report. */
  readonly readPages: number = 5;

  constructor(settings: Partial<ResearchSettings> = {}) {
    Object.assign(this, settings);
  }
}
