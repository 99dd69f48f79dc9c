/** Measures how long a lane has been joined, in ms; it stands still while the lane is lost. */
export class LaneClock {
  #elapsed = 0;
  #since?: number;

  get isRunning(): boolean {
    return this.#since !== undefined;
  }

  start(at: number): void {
    this.#since ??= at;
  }

  stop(at: number): void {
    this.#elapsed = this.read(at);
    this.#since = undefined;
  }

  read(at: number): number {
    return this.#elapsed + (this.#since === undefined ? 0 : at - this.#since);
  }
}
