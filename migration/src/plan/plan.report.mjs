import { plain } from '../terminal/plain.text.mjs';
import { table } from '../terminal/text.table.mjs';
import { absolute, span } from '../terminal/time.text.mjs';

/** @typedef {import('@switchyard/contract').RolloutPlan} RolloutPlan */
/** @typedef {import('@switchyard/contract').RolloutStep} RolloutStep */
/** @typedef {import('../terminal/output.mjs').Output} Output */

/** Whether a plan has come to its end. @param {RolloutPlan} plan */
export const isOver = ({ state }) => state === 'done' || state === 'stopped';

/** @param {RolloutStep} step */
const placeOf = ({ stage, percent }) => (stage === 'canary' ? `canary ${percent} %` : stage);

/** How long the current step still takes, in seconds. @param {RolloutPlan} plan */
const restOf = ({ steps, step, healthy_s }) => Math.max(0, (steps[step]?.pause_s ?? 0) - healthy_s);

/** A plan in short: `step 2 of 4 is waiting: too little has happened`. @param {RolloutPlan} plan */
export function planText(plan) {
  const { state, step, steps, why } = plan;
  const reason = why === undefined ? '' : `: ${plain(why)}`;
  if (state === 'done') return `done, all ${steps.length} steps`;
  const next = state === 'running' ? `, ${step === steps.length - 1 ? 'done' : 'next'} in ${span(restOf(plan))}` : '';
  return `step ${step + 1} of ${steps.length} is ${state}${next}${reason}`;
}

const COLUMNS = [
  { title: 'STEP', align: /** @type {const} */ ('right') },
  { title: 'STAGE' },
  { title: 'PAUSE', align: /** @type {const} */ ('right') },
  { title: 'STATE' },
  { title: 'HEALTHY FOR', align: /** @type {const} */ ('right') },
  { title: 'NEXT IN', align: /** @type {const} */ ('right') },
];

/** @param {RolloutPlan} plan @param {RolloutStep} step @param {number} at */
function rowOf(plan, step, at) {
  const isPast = at < plan.step || plan.state === 'done';
  const isNow = at === plan.step && !isPast;
  return [
    String(at + 1),
    placeOf(step),
    span(step.pause_s),
    isPast ? 'done' : isNow ? plan.state : '',
    isNow ? span(plan.healthy_s) : '',
    isNow && plan.state === 'running' ? span(restOf(plan)) : '',
  ];
}

/** Everything about a plan: what it does now, by whom and why, and a table of its steps. @param {RolloutPlan} plan @param {Output} out */
export function planReport(plan, out) {
  const { service, steps, since, by, reason, unwatched } = plan;
  const [heading = '', ...lines] = table(
    COLUMNS,
    steps.map((step, at) => rowOf(plan, step, at)),
    out.columns,
  );
  return [
    `${out.style('bold', plain(service))}: ${planText(plan)}`,
    `since ${absolute(since)} by ${plain(by)}: ${plain(reason)}`,
    ...(unwatched ? ['the pauses alone count: it is not asked whether the clients fare well'] : []),
    '',
    out.style('bold', heading),
    ...lines,
  ];
}
