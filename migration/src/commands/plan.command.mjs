import { setTimeout as pause } from 'node:timers/promises';
import { checkUnchanged } from '../change/confirmation.mjs';
import { EXIT, Failure, refused, usage } from '../failure/failure.mjs';
import { isOver, planReport, planText } from '../plan/plan.report.mjs';
import { stepsOf } from '../plan/plan.steps.mjs';
import { openHelp } from '../server/answer.failure.mjs';
import { Outage } from '../server/outage.mjs';
import { Session } from '../session/session.mjs';
import { holdHelp } from '../stage/stage.moves.mjs';
import { plain } from '../terminal/plain.text.mjs';
import { canAsk, confirm } from '../terminal/question.mjs';
import { reasonOption, withExamples, withJson } from './command.options.mjs';

/** @typedef {import('commander').Command} Command */
/** @typedef {import('@switchyard/contract').MigrationState} MigrationState */
/** @typedef {import('@switchyard/contract').RolloutPlan} RolloutPlan */
/**
 * @typedef {object} PlanOptions
 * @property {string} [steps]
 * @property {boolean} [pause]
 * @property {boolean} [resume]
 * @property {boolean} [stop]
 * @property {string} [reason]
 * @property {boolean} [replace]
 * @property {boolean} [unwatched]
 * @property {boolean} [follow]
 * @property {boolean} [yes]
 * @property {string} [as]
 * @property {boolean} [json]
 */

const FRESH = 'Leave it out, or start a plan with --steps.';
const ASK_EVERY_MS = 1000;

/** @type {readonly ['pause' | 'resume' | 'stop', 'paused' | 'running' | 'stopped'][]} */
const CHANGES = [
  ['pause', 'paused'],
  ['resume', 'running'],
  ['stop', 'stopped'],
];

/** What the command is to do: start a plan, change the one there is, or show it. @param {PlanOptions} options @throws Failure */
function requestOf(options) {
  const { steps, reason, replace, unwatched, stop, follow } = options;
  const asked = CHANGES.filter(([name]) => options[name]);
  const names = [...(steps === undefined ? [] : ['--steps']), ...asked.map(([name]) => `--${name}`)];
  if (names.length > 1) throw usage(`unable to do ${names.join(' and ')} at once`, 'Give one of them.');
  if (names.length === 0) {
    if (reason === undefined && !replace && !unwatched) return undefined;
    throw usage(
      'unable to tell what to do',
      'Start a plan with --steps, or change it with --pause, --resume or --stop.',
    );
  }
  if (steps === undefined && (replace || unwatched)) {
    throw usage(`unable to read the command line; ${replace ? '--replace' : '--unwatched'} is for a new plan`, FRESH);
  }
  if (stop && follow) {
    throw usage('unable to read the command line; --follow cannot follow a plan that --stop ends', 'Give one of them.');
  }
  if (reason === undefined)
    throw usage(`unable to change the plan; --reason is missing`, 'Say why, for your colleagues.');
  if (steps === undefined) return { state: /** @type {'paused' | 'running' | 'stopped'} */ (asked[0]?.[1]), reason };
  return { steps: stepsOf(steps), reason, ...(replace && { replace }), ...(unwatched && { unwatched }) };
}

/** A plan moves clients without a person beside it, so it is confirmed like a promotion. @param {string} service @param {PlanOptions} options */
async function confirmStart(service, { yes, steps }) {
  if (yes) return;
  if (canAsk()) return confirm(`${service} moves forward on its own: ${steps}\nGo on?`);
  throw usage('unable to ask; there is no terminal', 'Add --yes to start the plan without a question.');
}

/** Refuses what the server would refuse after the question. @param {MigrationState} state */
function checkFree(state) {
  const { service, held, closed } = state;
  const message = `unable to start a plan for ${service}; it is ${held ? 'held' : 'closed'}`;
  if (held) throw refused('stage.held', message, { help: holdHelp(state) });
  if (closed) throw refused('plan.closed', message, { help: openHelp(service) });
}

/** @param {Session} session @param {string} service @returns {Promise<RolloutPlan | null>} */
async function read({ api }, service) {
  const plan = await api.plan(service);
  if (plan !== undefined) return plan;
  throw new Failure(EXIT.failed, 'server.outdated', 'unable to read the plan; the server knows no plans', {
    help: 'Update the server.',
  });
}

/** A plan takes days, so a server that is away for a while does not end the command. @param {Session} session @param {string} service @param {Outage} outage */
async function readAgain(session, service, outage) {
  try {
    const plan = await read(session, service);
    outage.answered();
    return plan;
  } catch (error) {
    outage.failed(error);
    return undefined;
  }
}

/** Writes a line for each change of a plan, until its end. @param {Session} session @param {RolloutPlan} begun */
async function follow(session, begun) {
  const outage = new Outage(session.out);
  let [plan, shown] = [begun, keyOf(begun)];
  while (!isOver(plan)) {
    session.out.progress(`… ${planText(plan)}`);
    await pause(ASK_EVERY_MS);
    plan = (await readAgain(session, plan.service, outage)) ?? plan;
    if (keyOf(plan) === shown) continue;
    shown = keyOf(plan);
    session.out.result({ service: plan.service, plan }, [`${plain(plan.service)}: ${planText(plan)}`]);
  }
  if (plan.state === 'done') return;
  const why = `unable to follow the plan to its last step; it was stopped: ${plain(plan.why ?? 'no reason is known')}`;
  throw new Failure(EXIT.refused, 'plan.stopped', why);
}

/** @param {RolloutPlan} plan */
const keyOf = ({ id, step, state, why }) => JSON.stringify([id, step, state, why]);

/** @param {string} name @param {PlanOptions} options */
async function planRollout(name, options) {
  const request = requestOf(options);
  const session = new Session(options);
  const state = await session.api.service(name);
  const { service } = state;
  if (options.steps !== undefined) {
    checkFree(state);
    await confirmStart(service, options);
    await checkUnchanged(session.api, state, `start the plan of ${service}`);
  }
  const plan = request ? await session.api.putPlan(service, request) : await read(session, service);
  const none = [`${service} has no plan.`];
  session.out.result({ service, plan }, plan ? planReport(plan, session.out) : none);
  if (plan && options.follow) await follow(session, plan);
}

/** @param {Command} program */
export function addPlan(program) {
  const command = program
    .command('plan')
    .description('show or start a rollout plan: a service moves forward step by step, only while its clients fare well')
    .argument('<service>')
    .option('--steps <list>', 'start a plan: shares or stages, each with the pause after it')
    .option('--pause', 'stop the clock of the plan')
    .option('--resume', 'let the clock go on')
    .option('--stop', 'end the plan; the service stays where it is')
    .addOption(reasonOption())
    .option('--replace', 'start the plan in place of one that is not over')
    .option('--unwatched', 'let the pauses alone count, for a service without thresholds')
    .option('--follow', 'write a line for each change of the plan, until its end')
    .option('-y, --yes', 'do not ask; a script needs it')
    .option('--as <name>', 'who makes the change (default: SWITCHYARD_ACTOR, else your user name)');
  withExamples(withJson(command), [
    'plan tasks --steps "1%:10m, 5%:30m, 25%:1h, 50%:2h, socketio" --reason "no complaints"',
    'plan tasks',
    'plan tasks --pause --reason "the office is empty"',
    'plan tasks --stop --reason "we go on next week"',
  ]).action(planRollout);
}
