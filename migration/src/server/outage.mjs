import { EXIT, Failure } from '../failure/failure.mjs';
import { plain } from '../terminal/plain.text.mjs';
import { duration } from '../terminal/time.text.mjs';

/** @typedef {import('../terminal/output.mjs').Output} Output */

/** Whether a later attempt can succeed. @param {unknown} error @returns {error is Failure} */
const passes = (error) => error instanceof Failure && [EXIT.unreachable, EXIT.failed].includes(error.exit);

/** A time in which the server does not answer a command that goes on asking it, once a second. */
export class Outage {
  #out;
  /** @type {number | undefined} */
  #began_ms;

  /** @param {Output} out says when the server is away and when it is back */
  constructor(out) {
    this.#out = out;
  }

  /** Notes that the server did not answer. @param {unknown} error @throws the error when asking again cannot help */
  failed(error) {
    if (!passes(error)) throw error;
    if (this.#began_ms !== undefined) return;
    this.#began_ms = performance.now();
    this.#out.note(`${plain(error.message)}; it is asked again every second`);
  }

  /** Notes that the server answered. */
  answered() {
    if (this.#began_ms === undefined) return;
    this.#out.note(`the server answers again, after ${duration(performance.now() - this.#began_ms)}`);
    this.#began_ms = undefined;
  }
}
