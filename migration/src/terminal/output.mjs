import { clearLine, cursorTo } from 'node:readline';
import { styleText } from 'node:util';
import { Failure } from '../failure/failure.mjs';
import { plain, plainJson } from './plain.text.mjs';
import { cut } from './text.table.mjs';

/** @typedef {Parameters<typeof styleText>[0]} Style */

const DEFAULT_COLUMNS = 80;

/** Writes results to stdout, and everything else to stderr, so that a program can read the results. */
export class Output {
  #progress = false;

  /** @param {{ json?: boolean }} [options] `json`: results and failures are JSON */
  constructor({ json = false } = {}) {
    this.json = json;
  }

  /** The width of the terminal that shows the results; Infinity without one. */
  get columns() {
    return process.stdout.isTTY ? columnsOf(process.stdout) : Infinity;
  }

  /** Styles a text of the results, if a terminal shows them and may show colours. @param {Style} style @param {string} text */
  style(style, text) {
    return styled(process.stdout, style, text);
  }

  /** Writes a result: one line of JSON, or its lines for people. @param {object} value @param {readonly string[]} lines */
  result(value, lines) {
    this.#endProgress();
    process.stdout.write(`${(this.json ? [plainJson(value)] : lines).join('\n')}\n`);
  }

  /** Writes a remark for people. @param {string} text */
  note(text) {
    this.#endProgress();
    process.stderr.write(`${text}\n`);
  }

  /** Shows how far something is, in one line that the next call replaces; on a terminal only. @param {string} text */
  progress(text) {
    if (!process.stderr.isTTY) return;
    this.#endProgress();
    process.stderr.write(cut(text, columnsOf(process.stderr)));
    this.#progress = true;
  }

  /** Writes why a command could not be carried out, and what the operator can do. @param {Failure} failure */
  failure(failure) {
    if (this.json) return this.note(plainJson(failure));
    this.note(styled(process.stderr, 'red', plain(failure.message)));
    if (failure.help) this.note(plain(failure.help));
  }

  #endProgress() {
    if (!this.#progress) return;
    this.#progress = false;
    clearLine(process.stderr, 0);
    cursorTo(process.stderr, 0);
  }
}

/** The width of a terminal; one that does not know its own says 0. @param {NodeJS.WriteStream} stream */
const columnsOf = ({ columns }) => columns || DEFAULT_COLUMNS;

/** @param {NodeJS.WriteStream} stream @param {Style} style @param {string} text */
function styled(stream, style, text) {
  const colours = stream.isTTY && !process.env.NO_COLOR && stream.hasColors();
  return colours ? styleText(style, text, { validateStream: false }) : text;
}
