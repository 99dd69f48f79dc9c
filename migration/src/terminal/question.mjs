import { createInterface } from 'node:readline/promises';
import { EXIT, Failure, refused } from '../failure/failure.mjs';

/** Whether somebody can be asked. */
export const canAsk = () => process.stdin.isTTY === true && process.stderr.isTTY === true;

/**
 * Asks a question on stderr; the end of the input counts as an empty answer.
 *
 * @param {string} question
 * @returns {Promise<string>}
 * @throws Failure with exit code 130 on Ctrl-C
 */
function ask(question) {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  /** @type {Promise<string>} */
  const answer = new Promise((resolve, reject) => {
    terminal.on('SIGINT', () => {
      process.stderr.write('\n');
      reject(new Failure(EXIT.interrupted, 'command.interrupted', 'unable to go on; you ended it', UNCHANGED));
    });
    terminal.on('close', () => resolve(''));
    terminal.question(question).then(resolve, reject);
  });
  return answer.finally(() => terminal.close());
}

/** Goes on only when the answer is yes. @param {string} question @throws Failure */
export async function confirm(question) {
  const answer = (await ask(`${question} [y/N] `)).trim().toLowerCase();
  if (answer !== 'y' && answer !== 'yes') throw declined();
}

/** Goes on only when the answer is that name. @param {string} question @param {string} name @throws Failure */
export async function confirmName(question, name) {
  if ((await ask(`${question} `)).trim() !== name) throw declined();
}

const UNCHANGED = { help: 'Nothing is changed.' };

const declined = () => refused('command.declined', 'unable to go on; you did not confirm it', UNCHANGED);
