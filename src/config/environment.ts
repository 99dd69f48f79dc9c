import 'reflect-metadata';
import { DEFAULT_OPTIONS } from '@switchyard/server';
import { Transform, plainToInstance } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  MinLength,
  validateSync,
} from 'class-validator';

/** The deployment environment; it determines required settings and allowed origins. */
export type EnvironmentName = 'development' | 'staging' | 'production';

/** A healthy process may block its event loop for shorter times. */
const MIN_WATCHDOG_MS = 1000;

const Setting = () => IsOptional();
const Whole = (min: number) => (target: object, key: string) => {
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : value,
  )(target, key);
  IsInt({ message: `${key} must be a whole number` })(target, key);
  Min(min, { message: `${key} must not be less than ${min}` })(target, key);
};
const Percentage = () => (target: object, key: string) => {
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value,
  )(target, key);
  const message = `${key} must be a number from 0 to 100`;
  IsNumber({}, { message })(target, key);
  Min(0, { message })(target, key);
  Max(100, { message })(target, key);
};
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };
const Flag = () => (target: object, key: string) => {
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? (BOOLEANS[value.toLowerCase()] ?? value) : value,
  )(target, key);
  IsBoolean({ message: `${key} must be true, false, 1 or 0` })(target, key);
};
const Address = (protocols: string[], { disallow_auth = false } = {}) =>
  IsUrl(
    { protocols, require_protocol: true, require_tld: false, disallow_auth },
    {
      message: `$property must be a URL (${protocols.join(', ')})${disallow_auth ? ' without a user and password' : ''}`,
    },
  );
const RedisAddress = () => Address(['redis', 'rediss']);
// `fetch` refuses an address with a password, and its error would put the password into the log.
const WebAddress = () => Address(['http', 'https'], { disallow_auth: true });

/** The environment variables, under their own names; a limit of 0 is off, durations are milliseconds. */
export class Environment {
  @IsIn(['development', 'staging', 'production'], { message: 'NODE_ENV must be development, staging or production' })
  NODE_ENV: EnvironmentName = 'development';

  @Whole(0)
  @Max(65_535, { message: 'PORT must not be greater than 65535' })
  PORT = 8080;

  @Setting() @IsString() @MinLength(1, { message: 'HOST must not be empty' }) HOST?: string;
  @IsString() @MinLength(1, { message: 'DATA_DIR must not be empty' }) DATA_DIR = './data';
  @Setting() @RedisAddress() REDIS_URL?: string;
  @Setting() @MinLength(16, { message: 'ADMIN_TOKEN must have at least 16 characters' }) ADMIN_TOKEN?: string;
  @Setting() @MinLength(32, { message: 'JWT_SECRET must have at least 32 characters' }) JWT_SECRET?: string;
  @Setting() @WebAddress() JWKS_URL?: string;
  @Matches(/^\S+$/, { message: 'JWT_TENANT_CLAIM must be the name of a claim, without spaces' })
  JWT_TENANT_CLAIM = 'tenant';
  @Setting() @Flag() REQUIRE_AUTH?: boolean;
  @Setting() @IsString() ALLOWED_ORIGINS?: string;
  @Whole(0) MAX_CONNECTIONS_PER_USER = 5;
  @Whole(0) RATE_LIMIT_MESSAGES: number = DEFAULT_OPTIONS.callRate.limit;
  @Whole(0) RATE_LIMIT_JOINS: number = DEFAULT_OPTIONS.joinRate.limit;
  @Whole(0) ROOM_RETENTION_MS: number = DEFAULT_OPTIONS.roomRetentionMs;
  @Whole(0) RETIRE_AFTER_DAYS: number = DEFAULT_OPTIONS.retireAfterDays;
  @Percentage() SHADOW_PERCENT: number = DEFAULT_OPTIONS.shadowPercent;
  @Whole(1000) RUN_LEASE_MS: number = DEFAULT_OPTIONS.runLeaseMs;
  @Whole(1000) PRESENCE_GRACE_MS: number = DEFAULT_OPTIONS.presenceGraceMs;
  @Whole(1) PING_INTERVAL_MS: number = DEFAULT_OPTIONS.pingIntervalMs;
  @Whole(1) PING_TIMEOUT_MS: number = DEFAULT_OPTIONS.pingTimeoutMs;
  @Whole(0) WATCHDOG_MS = 60_000;
  @Flag() CRAWL_ALLOW_PRIVATE = false;
  @Whole(100) DOCUMENT_TIMEOUT_MS = 20_000;
  @Whole(128) DOCUMENT_MEMORY_MB = 512;
  @Setting() @WebAddress() MODEL_URL?: string;
  @Setting() @IsString() MODEL_KEY?: string;
  @Setting() @IsString() MODEL_NAME?: string;
  @Setting() @WebAddress() WEB_SEARCH_URL?: string;
  /** A JSON file that replaces the built-in test suites: commands by suite name. */
  @Setting() @IsString() TEST_SUITES_FILE?: string;

  /** The thresholds at which services go back by themselves; a path that leads nowhere turns that off. */
  @IsString() @MinLength(1, { message: 'SLO_FILE must not be empty' }) SLO_FILE = 'migration/slo.json';

  @IsIn(['fatal', 'error', 'warn', 'log', 'debug', 'verbose'], {
    message: 'LOG_LEVEL must be fatal, error, warn, log, debug or verbose',
  })
  LOG_LEVEL = 'log';

  /** Tells whether anonymous clients are refused. */
  get requiresAuth(): boolean {
    return this.REQUIRE_AUTH ?? this.NODE_ENV === 'production';
  }

  /** The address to listen on. */
  get host(): string {
    return this.HOST ?? (this.NODE_ENV === 'development' ? '127.0.0.1' : '0.0.0.0');
  }
}

/**
 * Reads and validates the environment.
 *
 * @throws Error with one line for each invalid variable
 */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  // An empty variable counts as unset, because most people expect that of `FOO= command`.
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''));
  const environment = plainToInstance(Environment, set, { exposeDefaultValues: true });
  const problems = validateSync(environment).flatMap(({ constraints }) => Object.values(constraints ?? {}));
  problems.push(...contradictions(environment));
  if (problems.length > 0) throw new Error(`unable to start; the environment is not valid\n  ${problems.join('\n  ')}`);
  return environment;
}

function contradictions(environment: Environment): string[] {
  const problems: string[] = [];
  const { NODE_ENV, JWT_SECRET, JWKS_URL, REQUIRE_AUTH, WATCHDOG_MS } = environment;
  if (environment.requiresAuth && !JWT_SECRET && !JWKS_URL) {
    problems.push('JWT_SECRET or JWKS_URL must be set where authentication is required');
  }
  if (NODE_ENV === 'production' && REQUIRE_AUTH === false) {
    problems.push('REQUIRE_AUTH must not be false in production');
  }
  if (WATCHDOG_MS > 0 && WATCHDOG_MS < MIN_WATCHDOG_MS) {
    problems.push(`WATCHDOG_MS must be 0 or not less than ${MIN_WATCHDOG_MS}`);
  }
  if (JWT_SECRET && JWKS_URL) problems.push('JWT_SECRET and JWKS_URL must not both be set');
  return problems;
}
