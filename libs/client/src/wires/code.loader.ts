import type { Fault } from '@switchyard/contract';
import { clientFault } from '../faults/client.faults.js';

/** The code that a page loads after its start: wires that it may never need, and its reports. */
export type LaterCode = typeof import('./later.code.js');

/** How many attempts in a row fail before the page is told. */
const ATTEMPTS_BEFORE_REPORT = 3;

/** Loads the later code, once for all services of a page; after a failure, the next caller tries again. */
export class CodeLoader {
  /** Undefined until it is loaded. */
  code?: LaterCode;
  #loading?: Promise<LaterCode>;
  #failures = 0;

  constructor(
    private readonly report: (fault: Fault) => void,
    private readonly fetch: () => Promise<LaterCode> = () => import('./later.code.js'),
  ) {}

  /** @throws Fault `code.not_loaded` */
  load(): Promise<LaterCode> {
    return (this.#loading ??= this.fetch().then(
      (code) => (this.code = code),
      (cause: unknown) => {
        this.#loading = undefined;
        const fault = clientFault('code.not_loaded', cause);
        if (++this.#failures % ATTEMPTS_BEFORE_REPORT === 0) this.report(fault);
        throw fault;
      },
    ));
  }
}
