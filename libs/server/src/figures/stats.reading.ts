import { REPORTED, faultKind, isPosition, type Arrival, type ReportedFigure } from '@switchyard/contract';
import { OTHER_CODE, type ReportedCount } from '../counters/wire.counters.js';

/** What a report says about one wire of a service. */
export interface WireReport {
  service: string;
  wire: string;
  counts: ReportedCount[];
}

/** An arrival of a report. */
export interface ReportedArrival extends Arrival {
  service: string;
  wire: string;
}

/** How many arrivals of a report are read. */
const MAX_ARRIVALS = 20;
/** The largest error of a time that is compared with ours, in ms. */
const MAX_UNCERTAINTY_MS = 50;
/** How many counts of a report are read. */
const MAX_COUNTS = 500;
/** The largest counts that are believed: a page reports every minute, or once after it was away for long. */
const MAX_COUNT = 100_000;
const MAX_OUTAGE_MS = 3_600_000;

const NAME = /^([\w-]{1,60})\/([\w-]{1,20})\/([a-z_]{1,20})(?:\/([a-z]{1,20}\.[a-z_]{1,40}))?$/;

/** The counts in the body of a report; what is none is left out, and a larger one than is believed is reduced. */
export function readReport(body: unknown): WireReport[] {
  const counts = (body as { counts?: unknown } | null | undefined)?.counts;
  if (typeof counts !== 'object' || counts === null) return [];
  const reports = new Map<string, WireReport>();
  for (const [name, value] of Object.entries(counts as Record<string, unknown>).slice(0, MAX_COUNTS)) {
    const [, service = '', wire = '', figure, code] = NAME.exec(name) ?? [];
    const count = countIn(figure, code, value);
    if (!count) continue;
    const about = `${service}/${wire}`;
    const known = reports.get(about);
    if (known) known.counts.push(count);
    else reports.set(about, { service, wire, counts: [count] });
  }
  return [...reports.values()];
}

/** The arrivals in the body of a report; none when the page does not know our clock well enough. */
export function readArrivals(body: unknown): ReportedArrival[] {
  const { arrivals, uncertainty_ms } = (body ?? {}) as { arrivals?: unknown; uncertainty_ms?: unknown };
  if (typeof uncertainty_ms !== 'number' || !(uncertainty_ms <= MAX_UNCERTAINTY_MS)) return [];
  if (typeof arrivals !== 'object' || arrivals === null) return [];
  return Object.entries(arrivals as Record<string, unknown>)
    .slice(0, MAX_ARRIVALS)
    .flatMap(([name, value]) => {
      const [service = '', wire = ''] = name.split('/');
      const { room, at } = (value ?? {}) as { room?: unknown; at?: unknown };
      if (!isPosition(value) || typeof room !== 'string' || typeof at !== 'number' || !Number.isFinite(at)) return [];
      return { service, wire, room, epoch: value.epoch, offset: value.offset, at };
    });
}

/** The services that the body of a report names, also those about which it says nothing that is counted. */
export function servicesIn(body: unknown): Set<string> {
  const { counts, arrivals, parity } = (body ?? {}) as Record<string, unknown>;
  const names = [counts, arrivals].flatMap((named) =>
    typeof named === 'object' && named !== null ? Object.keys(named).slice(0, MAX_COUNTS) : [],
  );
  const compared: unknown[] = Array.isArray(parity) ? parity.slice(0, MAX_COUNTS) : [];
  const services = compared.map((report) => (report as { service?: unknown } | null)?.service);
  return new Set(
    [...names.map((name) => name.split('/', 1)[0]!), ...services].filter((name) => typeof name === 'string'),
  );
}

function countIn(figure: string | undefined, code: string | undefined, value: unknown): ReportedCount | undefined {
  if (!isReported(figure) || (figure === 'moves_failed') !== (code !== undefined)) return undefined;
  if (typeof value !== 'number' || !(value >= 1)) return undefined;
  const count = Math.min(Math.round(value), figure === 'outage_ms' ? MAX_OUTAGE_MS : MAX_COUNT);
  // Codes that anybody made up would take the room of other counters.
  return { figure, count, ...(code !== undefined && { code: faultKind(code) ? code : OTHER_CODE }) };
}

function isReported(figure: string | undefined): figure is ReportedFigure {
  return (REPORTED as readonly (string | undefined)[]).includes(figure);
}
