import { machine } from '../bench/report/machine.js';
import { timesOf } from '../restart/times.js';
import type { CutoverFigures, MoveResult } from './cutover.figures.js';
import type { CutoverOptions } from './cutover.options.js';
import { deliveryFaults, faultTexts, type FaultCount } from './delivery.faults.js';
import { worstLag } from './cutover.figures.js';
import { SIDES, type Side } from './stage.control.js';

/** Lists what was wrong; empty when the cut-over was clean. */
export function faultsOf(
  { now, warmUp, moves, end, problems }: CutoverFigures,
  { clients, moves: all }: CutoverOptions,
): string[] {
  const wrong = faultTexts([
    ...deliveryFaults(now, end),
    ...warmUp.map((move) => unmoved(move, 'warm-up move', clients)),
    ...moves.map((move) => unmoved(move, 'move', clients)),
  ]);
  const undone = all - moves.length;
  return [
    ...problems,
    ...wrong,
    ...(undone > 0 ? [`${undone} moves were not made`] : []),
    ...(end ? [] : ['the end was not reached']),
  ];
}

/** How many clients a move left behind. */
function unmoved({ number, to, moved, away }: MoveResult, name: string, clients: number): FaultCount {
  const where = away.length > 0 ? ` (at its end ${grouped(away)})` : '';
  return [Math.max(away.length, clients - moved), `clients did not move to ${to} in ${name} ${number}${where}`];
}

/** Formats the sizes of a cut-over. */
export function plan({ clients, rooms, moves, nodes, cut, kill, rate, seed, service }: CutoverOptions): string {
  const where = nodes === 1 ? 'one process on its own data' : 'two processes on one Redis';
  const faults = [cut > 0 && `${cut} % of the connections cut in each`, kill > 0 && `a node killed in ${kill} of them`];
  const disturbed = faults.filter(Boolean).map((fault) => `, ${fault}`);
  return `${clients} clients of ${service} in ${rooms} rooms, ${rate} events a second in each, ${where}, ${moves} moves${disturbed.join('')}, seed ${seed}`;
}

/** Formats the state of a cut-over in one line. */
export function progress({ now, moves }: CutoverFigures, { clients, moves: all }: CutoverOptions): string {
  const { delivered, lost, duplicated, reordered, snapshots } = now.tally;
  const counts = `delivered ${delivered}, lost ${lost}, duplicated ${duplicated}, reordered ${reordered}, snapshots ${snapshots}`;
  return `${moves.length} of ${all} moves done, told ${now.told}, moved ${now.moved} of ${clients}; ${counts}`;
}

/** Formats a move in one line. */
export function moveLine(move: MoveResult, { clients, moves }: CutoverOptions): string {
  const { number, to, told, moved, told_ms, moved_ms, gaps_ms, lag, cut, killed } = move;
  const after = (ms: number | undefined) => (ms === undefined ? '' : ` (the last after ${ms.toFixed(0)} ms)`);
  return [
    `move ${number} of ${moves} to ${to}: told ${told}${after(told_ms)}, moved ${moved} of ${clients}${after(moved_ms)}`,
    `gap ${gap(gaps_ms)}`,
    `lag of the load p99 ${lag.p99.toFixed(0)} ms, max ${lag.max.toFixed(0)} ms`,
    ...(cut > 0 ? [`${cut} connections cut`] : []),
    ...(killed ? [`${killed} killed`] : []),
  ].join('; ');
}

/** Formats the results. */
export function report(figures: CutoverFigures, options: CutoverOptions): string {
  const { now, warmUp, moves, end, loads } = figures;
  const { cpu, cores, memory_gb, node } = machine();
  const { delivered, lost, duplicated, reordered, snapshots } = now.tally;
  const [lags, steadyLags] = [moves.map(({ lag }) => lag), moves.map(({ steadyLag }) => steadyLag)];
  const faults = faultsOf(figures, options);
  return [
    plan(options),
    `${cpu}, ${cores} cores, ${memory_gb} GB, Node ${node}; load from ${loads === 1 ? 'one process' : `${loads} processes`}`,
    `delivered ${delivered}${rates(moves)}`,
    `lost ${lost + (end ? end.missing + end.unseen : 0)}, duplicated ${duplicated}, reordered ${reordered}, snapshots ${snapshots}`,
    ...(moves.length > 0
      ? [
          `told: ${each(moves, 'told_ms')}`,
          `moved: ${each(moves, 'moved_ms')}`,
          `not moved: ${moves.reduce((sum, { moved }) => sum + options.clients - moved, 0)}`,
          `gap in delivery in moves: ${gap(moves.flatMap(({ gaps_ms }) => gaps_ms))}`,
          ...(warmUp.length > 0
            ? [`gap in delivery in warm-up moves: ${gap(warmUp.flatMap(({ gaps_ms }) => gaps_ms))}`]
            : []),
          `gap in delivery before moves: ${gap(moves.flatMap(({ steadyGaps_ms }) => steadyGaps_ms))}`,
          `event loop lag of the load: ${lagText(lags)} in moves, ${lagText(steadyLags)} before`,
        ]
      : []),
    `connections cut ${moves.reduce((sum, { cut }) => sum + cut, 0)}, nodes killed ${moves.filter(({ killed }) => killed).length}, reconnects ${now.reconnects}`,
    ...(end ? endLines(end) : []),
    ...faults.map((fault) => `PROBLEM: ${fault}`),
    faults.length === 0 ? 'clean' : 'NOT CLEAN',
  ].join('\n');
}

function endLines({ calls, refusals, published, waited_ms }: NonNullable<CutoverFigures['end']>): string[] {
  const { made, whileMoving, refused, unknown, without, repeated } = calls;
  const once = made - without - repeated;
  return [
    `calls ${made}, of them ${whileMoving} in flight during a move; one effect ${once}, none ${without}, several ${repeated}; refused ${refused}${refusals.length > 0 ? ` (${grouped(refusals)})` : ''}`,
    `calls with an unknown outcome ${unknown}, each looked up and made again if it had no effect`,
    `published ${published.acknowledged} acknowledged, ${published.unknown} refused or of unknown outcome`,
    `calls answered and clients up to date after ${waited_ms.toFixed(0)} ms`,
  ];
}

/** Formats texts with the number of each. */
function grouped(texts: readonly string[]): string {
  return [...new Set(texts)].map((text) => `${texts.filter((each) => each === text).length} ${text}`).join(', ');
}

/** The smallest measured rate on each wire. */
function rates(moves: readonly MoveResult[]): string {
  const least = (from: Side) => {
    const all = moves.filter(({ to }) => to !== from).map(({ rateBefore }) => rateBefore);
    return all.length > 0 ? `, at least ${Math.min(...all).toFixed(0)} a second on ${from}` : '';
  };
  return SIDES.map(least).join('');
}

function each(moves: readonly MoveResult[], time: 'told_ms' | 'moved_ms'): string {
  const times = moves.map((move) => move[time]).filter((ms) => ms !== undefined);
  if (times.length === 0) return 'nobody';
  const { median, worst } = timesOf(times);
  return `the last client ${median} ms after the change (median of ${times.length} moves), ${worst} ms (worst)`;
}

function gap(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]?.toFixed(0) ?? '–';
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`;
}

function lagText(lags: Parameters<typeof worstLag>[0]): string {
  const { p99, max } = worstLag(lags);
  return `p99 ${p99.toFixed(0)} ms, max ${max.toFixed(0)} ms`;
}
