import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addAudit } from './commands/audit.command.mjs';
import { addPlan } from './commands/plan.command.mjs';
import { addPromote } from './commands/promote.command.mjs';
import { addRetire } from './commands/retire.command.mjs';
import { addRollback } from './commands/rollback.command.mjs';
import { addStatus } from './commands/status.command.mjs';
import { addSwitches } from './commands/switch.commands.mjs';
import { addVerify } from './commands/verify.command.mjs';
import { addWatch } from './commands/watch.command.mjs';
import { EXIT, Failure, usage } from './failure/failure.mjs';
import { Output } from './terminal/output.mjs';

const ENVIRONMENT = `
Environment:
  SWITCHYARD_URL    the server (default: http://localhost:8080)
  ADMIN_TOKEN       its admin token (default: the file admin-token in DATA_DIR, ./data)
  SWITCHYARD_ACTOR  who makes changes (default: your user name)
  SWITCHYARD_TOKEN  the token of a user, with which verify joins rooms (default: none)
  NO_COLOR          no colours

Exit codes:
  0    done
  1    refused; nothing is changed. verify: the wires differ
  2    wrong command line or environment
  3    the server does not answer
  4    not authorised
  5    the server could not do it; try again
  6    verify could not compare the wires, or had nothing to compare
  130  you ended it with Ctrl-C`;

/** @type {{ version: string }} */
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** One list of commands; later ones get a line here. */
const COMMANDS = [addStatus, addVerify, addPromote, addRollback, addRetire, addSwitches, addPlan, addAudit, addWatch];

function createProgram() {
  const program = new Command('switchyard')
    .description('Moves services onto Socket.IO, one stage at a time, and back.')
    .version(version, '-V, --version', 'output the version of this program')
    .addHelpText('afterAll', ENVIRONMENT)
    // A message of commander becomes a failure like any other.
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  for (const add of COMMANDS) add(program);
  return program;
}

/** @param {CommanderError} error */
function usageOf({ message }) {
  const [reason = ''] = message.replace(/^error: /, '').split('\n');
  return usage(`unable to read the command line; ${reason}`, 'switchyard help <command> shows what it takes.');
}

/** Ends the program on Ctrl-C, unless the command has something to say and does it. */
function endByKey() {
  if (process.listenerCount('SIGINT') === 1) process.exit(EXIT.interrupted);
}

/**
 * Runs one command.
 *
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function runProgram(args) {
  const out = new Output({ json: args.includes('--json') });
  process.on('SIGINT', endByKey);
  // The reader of a pipe has seen enough.
  process.stdout.on('error', () => process.exit(EXIT.done));
  // Without a reader of remarks the command still goes on, and ends with its own code.
  process.stderr.on('error', () => undefined);
  try {
    await createProgram().parseAsync([...args], { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    // Without a command the help is shown already.
    if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.usage;
    const failure = error instanceof CommanderError ? usageOf(error) : error;
    if (!(failure instanceof Failure)) throw failure;
    out.failure(failure);
    return failure.exit;
  }
}
