import { nearName } from '../validation/near.name.js';
import { parseOriginPattern } from './origin.pattern.js';
import type { RealtimeOptions } from './realtime.options.js';
import * as rules from './setting.rule.js';
import type { SettingRule } from './setting.rule.js';
import { socketIoRule } from './socketio.options.js';

/** The rule of each setting. */
const RULES: Record<keyof RealtimeOptions, SettingRule> = {
  authenticate: rules.aFunction('returns the user of a client, or undefined for an anonymous one'),
  allowedOrigins: originsRule,
  pingIntervalMs: rules.milliseconds(1),
  pingTimeoutMs: rules.milliseconds(1),
  maxHttpBufferSize: rules.limitOf('bytes'),
  maxCallBytes: rules.limitOf('bytes'),
  maxBacklogBytes: rules.limitOf('bytes'),
  roomRetentionMs: rules.milliseconds(0),
  runLeaseMs: rules.milliseconds(1),
  authExpiringMs: rules.milliseconds(0),
  presenceGraceMs: rules.milliseconds(0),
  callRate: rules.rate,
  joinRate: rules.rate,
  maxConnectionsPerUser: rules.limitOf('clients'),
  maxUnauthenticatedSockets: rules.limitOf('sockets'),
  limits: rules.each(rules.aNumber),
  features: rules.each(rules.flag),
  openStore: rules.aFunction('opens a store'),
  socketio: socketIoRule,
  socketIoAdapter: rules.aFunction('makes an adapter of Socket.IO for a store'),
  flagsFile: rules.text,
  sloFile: rules.text,
  planLookMs: rules.milliseconds(1),
  adminToken: rules.text,
  retireAfterDays: rules.between(0, Infinity),
  shadowPercent: rules.between(0, 100),
  flagProvider: rules.objectWith('an OpenFeature provider', 'resolveStringEvaluation'),
};

/** The names of all settings. */
export const SETTING_NAMES = Object.keys(RULES);

/** What is missing, where nothing can be guessed. */
const REQUIRED = {
  authenticate: 'is missing; it is a function that returns the user of a client, or undefined for an anonymous one',
  allowedOrigins: "is missing; it lists the origins of your pages, such as ['https://app.example.com'], or [] for none",
} as const;

/** What belongs beside the factory of the settings, and not into them. */
const BESIDE = ['http', 'imports', 'inject', 'wires'];

/**
 * Checks the settings of the module, so that a wrong one is known at the start.
 *
 * @throws TypeError that names each setting that is missing, wrong or unknown
 */
export function checkOptions(options: unknown): asserts options is RealtimeOptions {
  const problems = rules.isObject(options)
    ? [...missing(options), ...wrong(options), ...unknown(options)]
    : ['the settings of RealtimeModule must be an object with authenticate and allowedOrigins'];
  if (problems.length === 0) return;
  const [first] = problems;
  if (problems.length === 1) throw new TypeError(`unable to start; ${first}`);
  throw new TypeError(
    `unable to start; ${problems.length} settings of RealtimeModule are wrong\n  ${problems.join('\n  ')}`,
  );
}

type Settings = Readonly<Record<string, unknown>>;

function missing(options: Settings): string[] {
  return Object.entries(REQUIRED).flatMap(([name, problem]) =>
    options[name] === undefined ? [`${name} ${problem}`] : [],
  );
}

function wrong(options: Settings): string[] {
  return Object.entries(RULES).flatMap(([name, rule]) => {
    const value = options[name];
    return value === undefined ? [] : rule(value, name);
  });
}

function unknown(options: Settings): string[] {
  const strangers = Object.keys(options).filter((name) => !Object.hasOwn(RULES, name));
  return strangers.map((name) => {
    if (BESIDE.includes(name)) return `${name} is no setting; pass it to forRootAsync, beside useFactory`;
    const near = nearName(name, SETTING_NAMES);
    return `${name} is no setting of RealtimeModule${near ? `; did you mean ${near}?` : ''}`;
  });
}

function originsRule(origins: unknown, name: string): readonly string[] {
  if (!Array.isArray(origins)) return [`${name} must be a list of origins, such as ['https://app.example.com']`];
  return origins.flatMap((origin: unknown, at) => {
    if (typeof origin !== 'string') return [`${name}[${at}] must be a text such as https://app.example.com`];
    try {
      parseOriginPattern(origin);
      return [];
    } catch (error) {
      return [`${name} has "${origin}"; ${(error as Error).message.split('; ')[1]}`];
    }
  });
}
