import type { Figures } from '@switchyard/contract';
import { sumBy } from '../../libs/server/src/figures/figure.sum.js';
import type { Arm, ArmWindow, FigureWindow } from '../../libs/server/src/health/figure.window.js';

/** What happened in one arm. */
interface Happened {
  calls?: number;
  failed?: number;
  code?: string;
  joins?: number;
  failedJoins?: number;
  reset?: number;
  recovered?: number;
  fallbackJoins?: number;
  open?: number;
  opened?: number;
  lost?: number;
  /** Deliveries by the ms that they took. */
  deliveries?: Readonly<Record<number, number>>;
}

function figuresOf(arm: Arm, happened: Happened): Figures | undefined {
  const {
    calls = 0,
    failed = 0,
    code = 'call.failed',
    joins = 0,
    failedJoins = 0,
    reset = 0,
    recovered = 0,
  } = happened;
  const { opened = 0, lost = 0, deliveries = {} } = happened;
  const of = (figure: string) => `${arm}/${arm}/${figure}`;
  const counts = {
    [of('calls')]: calls,
    [of(`calls_failed/${code}`)]: failed,
    [of('joins')]: joins,
    [of('joins_failed/call.failed')]: failedJoins,
    [of('joins_reset')]: reset,
    [of('joins_recovered')]: recovered,
    [of('connections')]: opened,
    [of('connections_lost')]: lost,
    ...Object.fromEntries(Object.entries(deliveries).map(([ms, count]) => [of(`delivery/${ms}`), count])),
  };
  return sumBy('arm', [counts])[arm];
}

function armOf(arm: Arm, happened: Happened): ArmWindow {
  const { fallbackJoins = 0, open = 0 } = happened;
  return { figures: figuresOf(arm, happened), fallbackJoins, open, parts: [] };
}

/** A window in which this happened in the two arms, all at once. */
export function windowOf(socketio: Happened, legacy: Happened = {}): FigureWindow {
  return windowOfParts([socketio], [legacy]);
}

/** A window in which this happened in the two arms, one part after the other; `open` counts in the first part. */
export function windowOfParts(socketio: readonly Happened[], legacy: readonly Happened[] = []): FigureWindow {
  const arms = { socketio: inParts('socketio', socketio), legacy: inParts('legacy', legacy) };
  return { began: 0, ended: 10_000, arms };
}

function inParts(arm: Arm, all: readonly Happened[]): ArmWindow {
  const sum: Happened = {};
  for (const { deliveries = {}, code: _, ...counts } of all) {
    for (const [name, count] of Object.entries(counts) as [keyof typeof counts, number][])
      sum[name] = (sum[name] ?? 0) + count;
    const known: Record<string, number> = { ...sum.deliveries };
    for (const [ms, count] of Object.entries(deliveries)) known[ms] = (known[ms] ?? 0) + count;
    sum.deliveries = known;
  }
  const code = all.find((happened) => happened.code !== undefined)?.code;
  const whole = armOf(arm, { ...sum, ...(code !== undefined && { code }) });
  return { ...whole, parts: all.map((happened) => ({ ...armOf(arm, happened), open: 0 })) };
}
