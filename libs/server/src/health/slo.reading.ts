import {
  SLO_DEFAULTS,
  THRESHOLD_NAMES,
  type Slo,
  type SloSettings,
  type Threshold,
  type ThresholdName,
} from './slo.js';

/** Reads a part of the file. @throws TypeError that says where in the file what is expected */
type Read<T> = (value: unknown, at: string) => T;

/** The longest time in the file, in seconds: a day. */
const MAX_S = 86_400;
const MAX_SAMPLE = 1_000_000;
const MAX_MS = 60_000;
const MAX_FACTOR = 1000;

/** The thresholds in the JSON text of a file. @throws TypeError that names the path in the file and what is expected there */
export function readSlo(text: string): SloSettings {
  const file = fieldsOf(JSON.parse(text), '', { $schema: string, default: anything, services: anything });
  const base = file.default === undefined ? undefined : sloOf(file.default, 'default', SLO_DEFAULTS);
  const services = Object.entries(objectOf(file.services ?? {}, 'services')).map(([service, slo]): [string, Slo] => [
    service,
    sloOf(slo, `services.${service}`, base ?? SLO_DEFAULTS),
  ]);
  return { ...(base && { default: base }), services: new Map(services) };
}

function sloOf(value: unknown, at: string, base: Slo): Slo {
  const { thresholds, ...rest } = fieldsOf(value, at, {
    window_s: numberFrom(0.1, MAX_S),
    min_sample: wholeFrom(1, MAX_SAMPLE),
    cool_down_s: numberFrom(0, MAX_S),
    back_to: oneOf(['previous', 'legacy'] as const),
    rollback: boolean,
    thresholds: thresholdsOf,
  });
  const merged = Object.entries({ ...base.thresholds, ...thresholds }).filter(([, threshold]) => threshold !== null);
  return { ...base, ...rest, thresholds: Object.fromEntries(merged) };
}

function thresholdsOf(value: unknown, at: string): Partial<Record<ThresholdName, Threshold | null>> {
  const readers = THRESHOLD_NAMES.map((name) => [name, thresholdOf(name)] as const);
  return fieldsOf(value, at, Object.fromEntries(readers) as Record<ThresholdName, Read<Threshold | null>>);
}

function thresholdOf(name: ThresholdName): Read<Threshold | null> {
  const isLatency = name === 'delivery_p99_ms';
  const readers = {
    max: isLatency ? numberFrom(1, MAX_MS) : numberFrom(0, 1),
    over_legacy: isLatency ? numberFrom(1, MAX_FACTOR) : numberFrom(0, 1),
    min_sample: wholeFrom(1, MAX_SAMPLE),
  };
  return (value, at) => {
    if (value === null) return null;
    const threshold = fieldsOf(value, at, readers);
    if (threshold.max !== undefined || threshold.over_legacy !== undefined) return threshold;
    throw wrong(at, 'null, or an object with max or over_legacy');
  };
}

function fieldsOf<T extends Record<string, unknown>>(
  value: unknown,
  at: string,
  readers: { [K in keyof T]: Read<T[K]> },
): Partial<T> {
  const fields = Object.entries(objectOf(value, at)).map(([name, field]) => {
    const path = at === '' ? name : `${at}.${name}`;
    if (!Object.hasOwn(readers, name)) throw wrong(path, `left out; known here are ${Object.keys(readers).join(', ')}`);
    return [name, readers[name]!(field, path)];
  });
  return Object.fromEntries(fields) as Partial<T>;
}

function objectOf(value: unknown, at: string): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw wrong(at, 'an object');
}

function numberFrom(least: number, greatest: number): Read<number> {
  return (value, at) => {
    if (typeof value === 'number' && value >= least && value <= greatest) return value;
    throw wrong(at, `a number from ${least} to ${greatest}`);
  };
}

function wholeFrom(least: number, greatest: number): Read<number> {
  return (value, at) => {
    if (Number.isInteger(value)) return numberFrom(least, greatest)(value, at);
    throw wrong(at, `a whole number from ${least} to ${greatest}`);
  };
}

function oneOf<const T extends readonly string[]>(values: T): Read<T[number]> {
  return (value, at) => {
    if (values.includes(value as string)) return value as T[number];
    throw wrong(at, `one of ${values.map((each) => `"${each}"`).join(', ')}`);
  };
}

const boolean: Read<boolean> = (value, at) => {
  if (typeof value === 'boolean') return value;
  throw wrong(at, 'true or false');
};

const string: Read<string> = (value, at) => {
  if (typeof value === 'string') return value;
  throw wrong(at, 'a text');
};

const anything: Read<unknown> = (value) => value;

function wrong(at: string, expected: string): TypeError {
  return new TypeError(`${at === '' ? 'the file' : at} must be ${expected}`);
}
