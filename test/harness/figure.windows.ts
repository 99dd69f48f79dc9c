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
  return { figures: figuresOf(arm, happened), fallbackJoins, open };
}

/** A window in which this happened in the two arms. */
export function windowOf(socketio: Happened, legacy: Happened = {}): FigureWindow {
  return { began: 0, ended: 10_000, arms: { socketio: armOf('socketio', socketio), legacy: armOf('legacy', legacy) } };
}
