import { setTimeout as pause } from 'node:timers/promises';
import { Outage } from '../server/outage.mjs';
import { Session } from '../session/session.mjs';
import { changesBetween } from '../stage/stage.changes.mjs';
import { stageText } from '../stage/stage.text.mjs';
import { plain } from '../terminal/plain.text.mjs';
import { absolute } from '../terminal/time.text.mjs';
import { withExamples, withJson } from './command.options.mjs';

/** @typedef {import('commander').Command} Command */
/** @typedef {import('@switchyard/contract').MigrationState} MigrationState */
/** @typedef {import('../stage/stage.changes.mjs').Change} Change */

const ASK_EVERY_MS = 1000;

/** @param {Change} change */
const lineOf = ({ service, at, by, reason, from, to }) =>
  `${absolute(at)}  ${plain(service)}: ${stageText(from)} → ${stageText(to)}  ${plain(by)}: ${plain(reason)}`;

/** @param {string | undefined} name @param {{ json?: boolean }} options */
async function watch(name, options) {
  const { api, out } = new Session(options);
  const read = async () => (name === undefined ? api.services() : [await api.service(name)]);
  let known = await read();
  const subject = name === undefined ? `${known.length} services` : known.map(({ service }) => service).join();
  out.note(`watching ${subject} at ${api.origin}; Ctrl-C ends it`);
  const outage = new Outage(out);
  for (;;) {
    await pause(ASK_EVERY_MS);
    try {
      const states = await read();
      for (const change of await changesBetween(api, known, states)) out.result(change, [lineOf(change)]);
      known = states;
      outage.answered();
    } catch (error) {
      outage.failed(error);
    }
  }
}

/** @param {Command} program */
export function addWatch(program) {
  const command = program
    .command('watch')
    .description('show every change as it happens, one line for each, until Ctrl-C')
    .argument('[service]', 'only this service');
  withExamples(withJson(command), ['watch', 'watch tasks', 'watch --json']).action(watch);
}
