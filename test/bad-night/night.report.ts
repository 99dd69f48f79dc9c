import { machine } from '../bench/report/machine.js';
import { deliveryFaults, faultTexts } from '../cutover/delivery.faults.js';
import { timesOf } from '../restart/times.js';
import type { NightFigures, Places } from './night.figures.js';
import type { NightOptions } from './night.options.js';
import { KINDS, type Phase, type RequestLog } from './request.log.js';

/** The most connection attempts for a client's way back, on average. */
const MAX_ATTEMPTS = 1.2;
/** The longest time in which the server takes the stage back itself, in milliseconds: two windows, and the time to read them. */
const MAX_DETECTION_MS = 21_000;

/** Lists what was wrong; empty when the night ended well. */
export function faultsOf(
  figures: NightFigures,
  requests: RequestLog,
  { clients, within, trip }: NightOptions,
): string[] {
  const { now, end, back_ms, places, problems, trip_ms = 0 } = figures;
  const back = attemptsOf(requests);
  const late = back_ms.filter((ms) => ms > within).length;
  const counts = faultTexts([
    ...deliveryFaults(now, end),
    [late, `clients were not back within ${within} ms`],
    [clients - (places.back?.['subscribed on legacy'] ?? 0), 'clients were not on the old wire at the end'],
    [back.failed, 'connections to the old wire were refused'],
    [requests.count('after', 'socketio').all, 'connections to the dead wire were tried after everybody was back'],
  ]);
  const perClient = back.all / back_ms.length;
  return [
    ...problems,
    ...counts,
    ...(perClient > MAX_ATTEMPTS ? [`${perClient.toFixed(2)} connection attempts for each client's way back`] : []),
    ...(trip === 'automatic' && trip_ms > MAX_DETECTION_MS ? [`the server took ${trip_ms.toFixed(0)} ms`] : []),
    ...(end ? [] : ['the end was not reached']),
  ];
}

/** Formats the sizes of a bad night. */
export function plan({ clients, rooms, percent, death, trip, after, rate, seed }: NightOptions): string {
  const how = trip === 'manual' ? `taken back after ${after} s` : 'taken back by the server';
  return `${clients} clients in ${rooms} rooms, ${rate} events a second in each; ${percent} % are on the new wire when it dies (${death}), ${how}, seed ${seed}`;
}

/** Formats the state of a bad night in one line. */
export function progress({ now, places }: NightFigures, phase: Phase): string {
  const { delivered, lost, duplicated, reordered, snapshots } = now.tally;
  const where = places.back ?? places.trip ?? places.death;
  return `${phase}: ${where ? placesText(where) : 'connecting'}; delivered ${delivered}, lost ${lost}, duplicated ${duplicated}, reordered ${reordered}, snapshots ${snapshots}`;
}

/** Formats the results. */
export function report(figures: NightFigures, requests: RequestLog, options: NightOptions): string {
  const { now, places, cut, trip_ms, back_ms, gaps_ms, lag, promoted_ms, end } = figures;
  const { cpu, cores, memory_gb, node } = machine();
  const { delivered, lost, duplicated, reordered, snapshots } = now.tally;
  const faults = faultsOf(figures, requests, options);
  const missing = end ? end.missing + end.unseen : 0;
  return [
    plan(options),
    `${cpu}, ${cores} cores, ${memory_gb} GB, Node ${node}`,
    `delivered ${delivered}`,
    `lost ${lost + missing}, duplicated ${duplicated}, reordered ${reordered}, snapshots ${snapshots}`,
    ...(places.death ? [`when the wire died: ${placesText(places.death)}; ${cut} connections`] : []),
    ...(places.trip && trip_ms !== undefined
      ? [`when the stage was taken back, ${trip_ms.toFixed(0)} ms later: ${placesText(places.trip)}`]
      : []),
    ...(back_ms.length > 0 ? backLines(figures, requests) : []),
    ...(gaps_ms.length > 0 ? [`gap in delivery in the outage: ${quantiles(gaps_ms)}`] : []),
    ...(lag ? [`event loop lag of the load: p99 ${lag.p99.toFixed(0)} ms, max ${lag.max.toFixed(0)} ms`] : []),
    ...(promoted_ms !== undefined ? [`promoted again: all after ${promoted_ms.toFixed(0)} ms`] : []),
    ...(end ? [callsLine(end), `published ${end.published.acknowledged} acknowledged`] : []),
    ...faults.map((fault) => `PROBLEM: ${fault}`),
    faults.length === 0 ? 'clean' : 'NOT CLEAN',
  ].join('\n');
}

function backLines({ back_ms, told_ms }: NightFigures, requests: RequestLog): string[] {
  const { median, worst } = timesOf(back_ms);
  const attempts = attemptsOf(requests).all / back_ms.length;
  const told = told_ms.length > 0 ? timesOf(told_ms) : undefined;
  return [
    ...(told ? [`told to go back: the median client ${told.median} ms after that, the last ${told.worst} ms`] : []),
    `back on the old wire: the median client ${median} ms after that, the last ${worst} ms; ${attempts.toFixed(2)} connection attempts each`,
    ...(['outage', 'return', 'after', 'promotion'] as const).map((phase) => requestLine(phase, requests)),
  ];
}

/** The connections to the old wire since the death: the first clients may go back before the trip is seen here. */
function attemptsOf(requests: RequestLog): { all: number; failed: number } {
  const counts = [requests.count('outage', 'legacy'), requests.count('return', 'legacy')];
  const sum = (name: 'all' | 'failed') => counts.reduce((total, count) => total + count[name], 0);
  return { all: sum('all'), failed: sum('failed') };
}

function requestLine(phase: Phase, requests: RequestLog): string {
  const counts = KINDS.map((kind) => {
    const { all, failed, clients, most } = requests.count(phase, kind);
    const by = clients > 0 ? ` by ${clients} clients, at most ${most} each` : '';
    return `${kind} ${all}${failed > 0 ? ` (${failed} failed)` : ''}${by}`;
  });
  return `requests, ${phase}: ${counts.join('; ')}`;
}

function callsLine({ calls, refusals }: NonNullable<NightFigures['end']>): string {
  const { made, whileMoving, refused, unknown, without, repeated } = calls;
  const codes = refusals.length > 0 ? ` (${[...new Set(refusals)].join(', ')})` : '';
  return `calls ${made}, of them ${whileMoving} in flight in the outage or a move; one effect ${made - without - repeated}, none ${without}, several ${repeated}; unknown outcome ${unknown}; refused ${refused}${codes}`;
}

function placesText(places: Places): string {
  return Object.entries(places)
    .map(([place, count]) => `${count} ${place}`)
    .join(', ');
}

function quantiles(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!.toFixed(0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`;
}
