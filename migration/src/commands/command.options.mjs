import { InvalidArgumentError, Option } from 'commander';
import { STAGES } from '../stage/stage.moves.mjs';

/** @typedef {import('commander').Command} Command */

const MAX_REASON = 500;

/** @param {string} text */
function percentage(text) {
  if (/^\d{1,3}(\.\d{1,3})?%?$/.test(text) && parseFloat(text) <= 100) return parseFloat(text);
  throw new InvalidArgumentError('It must be a number from 0 to 100 with at most three decimals.');
}

/** @param {string} text */
function reasonText(text) {
  const reason = text.trim();
  if (reason.length >= 1 && reason.length <= MAX_REASON) return reason;
  throw new InvalidArgumentError(`It must have 1 to ${MAX_REASON} characters.`);
}

/** @param {string} text */
export function count(text) {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 999999.');
}

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000 };
const MAX_HOURS = 24;

/** A duration in ms. @param {string} text `30s`, `5m`, `1h` */
export function durationMs(text) {
  const [, number, unit] = /^(\d{1,5})([smh])$/.exec(text) ?? [];
  const ms = Number(number) * UNIT_MS[/** @type {keyof typeof UNIT_MS} */ (unit)];
  if (ms > 0 && ms <= MAX_HOURS * UNIT_MS.h) return ms;
  throw new InvalidArgumentError(`It must be a time such as 30s, 5m or 1h, at most ${MAX_HOURS}h.`);
}

/** Collects an option that may be given several times. @param {string} text @param {readonly string[]} [before] */
export const each = (text, before = []) => [...before, text];

/** Every command has a form for programs. @param {Command} command */
export const withJson = (command) => command.option('--json', 'write JSON for programs');

/** The options of a command that changes a service. @param {Command} command */
export const withChange = (command) =>
  withJson(command)
    .requiredOption('--reason <text>', 'why, for the audit and for your colleagues', reasonText)
    .option('--as <name>', 'who makes the change (default: SWITCHYARD_ACTOR, else your user name)');

/** Why, for a command that changes a service only with certain options. */
export const reasonOption = () =>
  new Option('--reason <text>', 'why, for the audit and for your colleagues').argParser(reasonText);

/** The option that does not wait for the clients. @param {Command} command */
export const withWait = (command) => command.option('--no-wait', 'do not wait until the connected clients have moved');

/** @param {string} about */
export const stageOption = (about) => new Option('--to <stage>', about).choices(STAGES);

/** @param {string} about */
export const percentOption = (about) => new Option('--percent <n>', about).argParser(percentage);

/** Adds examples to the help of a command. @param {Command} command @param {readonly string[]} examples */
export function withExamples(command, examples) {
  const lines = examples.map((example) => `  $ switchyard ${example}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}
