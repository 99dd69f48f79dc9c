/** The exit codes of every command; `docs/command-line.md` and `--help` list them. */
export const EXIT = {
  done: 0,
  refused: 1,
  usage: 2,
  unreachable: 3,
  unauthorised: 4,
  failed: 5,
  inconclusive: 6,
  interrupted: 130,
};

/** @typedef {{ help?: string, details?: unknown }} FailureNotes what the operator can do, and what the server adds */

/** The end of a command that could not be carried out: `unable to X; Y`, an exit code, and what the operator can do. */
export class Failure extends Error {
  /**
   * @param {number} exit one of `EXIT`
   * @param {string} code `area.reason`
   * @param {string} message
   * @param {FailureNotes} [notes]
   */
  constructor(exit, code, message, { help, details } = {}) {
    super(message);
    this.exit = exit;
    this.code = code;
    this.help = help;
    this.details = details;
  }

  /** What programs read with `--json`. */
  toJSON() {
    const { code, message, help, details } = this;
    return { error: { code, error: message, help, details } };
  }
}

/** The command line itself is wrong. @param {string} message @param {string} [help] */
export const usage = (message, help) => new Failure(EXIT.usage, 'usage.invalid', message, { help });

/**
 * The change is not made: the rules do not allow it, or the operator did not confirm it.
 *
 * @param {string} code `area.reason`
 * @param {string} message
 * @param {FailureNotes} [notes]
 */
export const refused = (code, message, notes) => new Failure(EXIT.refused, code, message, notes);
