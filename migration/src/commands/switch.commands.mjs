import { makeChange, noChange } from '../change/stage.change.mjs';
import { EXIT, Failure } from '../failure/failure.mjs';
import { Session } from '../session/session.mjs';
import { withChange, withExamples, withWait } from './command.options.mjs';

/** @typedef {import('commander').Command} Command */
/** @typedef {{ reason: string, as?: string, json?: boolean, wait?: boolean }} SwitchOptions */
/**
 * A command that sets one field of a service and leaves its stage.
 *
 * @typedef {object} Switch
 * @property {string} name
 * @property {'held' | 'closed'} field
 * @property {boolean} value
 * @property {string} about
 * @property {string} already
 * @property {string} example
 */

/** @type {readonly Switch[]} */
const SWITCHES = [
  {
    name: 'hold',
    field: 'held',
    value: true,
    about: 'refuse every promotion of a service until it is cleared; a rollback still works',
    already: 'it is held already',
    example: 'hold tasks --reason "waiting for the fix"',
  },
  {
    name: 'unhold',
    field: 'held',
    value: false,
    about: 'allow promotions of a service again',
    already: 'it is not held',
    example: 'unhold tasks --reason "the fix is out"',
  },
  {
    name: 'close',
    field: 'closed',
    value: true,
    about: 'pull the emergency brake: Socket.IO refuses joins, all clients use the old wire, the stage stays',
    already: 'it is closed already',
    example: 'close tasks --reason "the new wire fails"',
  },
  {
    name: 'open',
    field: 'closed',
    value: false,
    about: 'release the emergency brake: clients use the wire of their stage again',
    already: 'it is not closed',
    example: 'open tasks --reason "the new wire works again"',
  },
];

/** @param {Switch} chosen @param {string} service @param {SwitchOptions} options */
async function set({ name, field, value, already }, service, options) {
  const session = new Session(options);
  const from = await session.api.service(service);
  if (from[field] === value) return noChange(session, from, already);
  // Without a stage, so that a move which somebody makes meanwhile stays.
  const change = { reason: options.reason, [field]: value };
  // Nobody moves when a service is held, so there is nothing to wait for.
  const to = await makeChange(session, from, change, { wait: field === 'closed' && options.wait === true });
  if (to[field] === value) return;
  throw new Failure(EXIT.failed, 'server.outdated', `unable to ${name} ${service}; the server does not know ${field}`, {
    help: 'Update the server.',
  });
}

/** @param {Command} program */
export function addSwitches(program) {
  for (const each of SWITCHES) {
    const command = withChange(program.command(each.name).description(each.about).argument('<service>'));
    withExamples(each.field === 'closed' ? withWait(command) : command, [each.example]).action(
      (/** @type {string} */ service, /** @type {SwitchOptions} */ options) => set(each, service, options),
    );
  }
}
