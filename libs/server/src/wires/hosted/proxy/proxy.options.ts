import type { ConnectionOptions } from 'node:tls';
import * as rules from '../../../options/setting.rule.js';
import { nearName } from '../../../validation/near.name.js';

/** How upgrade requests are proxied to another process; `DEFAULT_PROXY_OPTIONS` has the defaults. */
export interface ProxyOptions {
  /** Whether our peer is appended to `X-Forwarded-For`, `-Proto` and `-Host`; without it the headers go on as they came. */
  forwarded?: boolean;
  /** The `Host` header that the process gets; the client's own when undefined. */
  host?: string;
  /** How long a connection to the process may take, in ms. */
  connectMs?: number;
  /** How long the process may take for the head of its answer, and for each part of a refusal's body, in ms. */
  answerMs?: number;
  /** Options of TLS for `https:` and `wss:`, such as `ca`. */
  tls?: ConnectionOptions;
}

/** The options in force where the application sets none. */
export const DEFAULT_PROXY_OPTIONS = {
  forwarded: true,
  connectMs: 5000,
  answerMs: 30_000,
} as const satisfies ProxyOptions;

/** The options in force. */
export type ResolvedProxyOptions = ProxyOptions & Required<Pick<ProxyOptions, keyof typeof DEFAULT_PROXY_OPTIONS>>;

/** A host with or without a port. */
const HOST = /^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i;

const RULES: Record<keyof ProxyOptions, rules.SettingRule> = {
  forwarded: rules.flag,
  host: (value, name) => (HOST.test(String(value)) ? [] : [`${name} must be a host such as old.internal:9000`]),
  connectMs: rules.milliseconds(1),
  answerMs: rules.milliseconds(1),
  tls: (value, name) => (rules.isObject(value) ? [] : [`${name} must be an object with options of TLS`]),
};

/** Adds the defaults to options. @throws TypeError that names the first option that is wrong or unknown */
export function resolveProxyOptions(options: ProxyOptions): ResolvedProxyOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const [problem] = given.flatMap(([name, value]) =>
    Object.hasOwn(RULES, name) ? RULES[name as keyof ProxyOptions](value, name) : [unknownOption(name)],
  );
  if (problem !== undefined) throw new TypeError(`unable to proxy; ${problem}`);
  return { ...DEFAULT_PROXY_OPTIONS, ...Object.fromEntries(given) };
}

function unknownOption(name: string): string {
  const near = nearName(name, Object.keys(RULES));
  return `${name} is no option of proxyTo${near ? `; did you mean ${near}?` : ''}`;
}
