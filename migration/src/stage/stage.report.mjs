import { isOver, planText } from '../plan/plan.report.mjs';
import { plain } from '../terminal/plain.text.mjs';
import { table } from '../terminal/text.table.mjs';
import { absolute, relative } from '../terminal/time.text.mjs';
import { flagsOf, meaningOf, stageText } from './stage.text.mjs';

/** @typedef {import('@switchyard/contract').MigrationState} MigrationState */
/** @typedef {import('@switchyard/contract').Stage} Stage */
/** @typedef {import('../terminal/output.mjs').Output} Output */
/** @typedef {import('@switchyard/contract').RolloutPlan} RolloutPlan */
/**
 * @typedef {object} ServiceExtras
 * @property {string} [switch] how a client changes wires
 * @property {readonly string[]} [notes] what its stage does not guarantee
 * @property {Stage[]} moves
 * @property {Readonly<Record<string, number>> | null} clients
 * @property {RolloutPlan | null} plan
 */
/** @typedef {MigrationState & ServiceExtras} ServiceReport */

/** The two wires that a stage is about; the others follow by name. */
const FIRST = ['socketio', 'legacy'];
const LABEL = 9;

/** The wires on which any service has clients. @param {readonly ServiceReport[]} services */
function wiresOf(services) {
  const names = new Set(services.flatMap(({ clients }) => Object.keys(clients ?? {})));
  return [...FIRST.filter((name) => names.has(name)), ...[...names].filter((name) => !FIRST.includes(name)).sort()];
}

/** A table of services, one line for each. @param {readonly ServiceReport[]} services @param {Output} out */
export function overviewOf(services, out) {
  if (services.length === 0) return ['The server has no services: no provider of its application has @ServiceGateway.'];
  const wires = wiresOf(services);
  const columns = [
    { title: 'SERVICE' },
    { title: 'STAGE' },
    ...wires.map((wire) => ({ title: plain(wire).toUpperCase(), align: /** @type {const} */ ('right') })),
    { title: 'CHANGED' },
    { title: 'AT' },
    { title: 'BY' },
    { title: 'WHY' },
  ];
  const rows = services.map((state) => [
    plain(state.service),
    stageText(state) +
      (state.plan && !isOver(state.plan) ? `, plan ${state.plan.step + 1}/${state.plan.steps.length}` : ''),
    ...wires.map((wire) => String(state.clients?.[wire] ?? '')),
    relative(state.updated_at),
    absolute(state.updated_at),
    plain(state.updated_by),
    plain(state.reason),
  ]);
  const [heading = '', ...lines] = table(columns, rows, out.columns);
  return [out.style('bold', heading), ...lines.map((line, at) => shown(out, services[at], line))];
}

/** What is closed or held is seen first. @param {Output} out @param {ServiceReport | undefined} state @param {string} line */
function shown(out, state, line) {
  if (state?.closed) return out.style('red', line);
  return state?.held ? out.style('yellow', line) : line;
}

/** Everything about services, one paragraph for each. @param {readonly ServiceReport[]} services @param {Output} out */
export function detailsOf(services, out) {
  return services.flatMap((state) => {
    const { service, stage, percent, clients, moves, plan, updated_at, updated_by, reason } = state;
    const counted = wiresOf([state]).map((wire) => `${plain(wire)} ${clients?.[wire]}`);
    const lines = [
      ['stage', stageText(state)],
      ['', meaningOf(stage, percent)],
      ...flagsOf(state).map((flag) => ['', FLAGS[flag] ?? '']),
      ...(state.switch === 'snapshot' ? [['', SNAPSHOT]] : []),
      ...(state.notes ?? []).map((note) => ['', plain(note)]),
      ...(plan && !isOver(plan) ? [['plan', planText(plan)]] : []),
      ...(clients ? [['clients', counted.join(', ') || 'none']] : []),
      ['changed', `${absolute(updated_at)} (${relative(updated_at)}) by ${plain(updated_by)}`],
      ['why', plain(reason)],
      ['moves', moves.filter((move) => move !== stage || move === 'canary').join(', ') || 'none'],
    ];
    return [out.style('bold', plain(service)), ...lines.map(([label = '', text]) => `  ${label.padEnd(LABEL)}${text}`)];
  });
}

const SNAPSHOT = 'a client that changes wires begins with a snapshot: the old wire has no positions';

/** @type {Readonly<Record<string, string>>} */
const FLAGS = {
  closed: 'closed: Socket.IO refuses joins, and all clients use the old wire',
  held: 'held: every promotion is refused',
};
