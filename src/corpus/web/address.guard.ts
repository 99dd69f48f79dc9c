import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';
import { WebFailure } from './web.failure.js';

/** Decides whether an IP address may be connected to. */
export type AddressPolicy = (address: string) => boolean;

/** Azure's metadata and DHCP host, a public address that is only ever answered from inside. */
const INSIDE_ONLY = new Set(['168.63.129.16']);
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address belongs to the public internet: not private, loopback, link-local (cloud metadata), carrier,
 * multicast or reserved, nor one of those wrapped in IPv6.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const ip = ipaddr.process(address);
  if (ip.range() !== 'unicast') return false;
  return ip instanceof ipaddr.IPv6 ? ip.match(GLOBAL_UNICAST) : !INSIDE_ONLY.has(ip.toString());
}

/** Every address may be connected to. */
export const anyAddress: AddressPolicy = () => true;

function refusal(): WebFailure {
  return new WebFailure('refused', 'its address is private or reserved, and this server only reads public sites');
}

/** A look-up that answers with those addresses only that may be connected to; what it answers is what gets connected. */
function guardedLookup(allows: AddressPolicy, resolve: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const addresses = (found as LookupAddress[]).filter(({ address }) => allows(address));
      const first = addresses[0];
      if (!first) return callback(refusal(), '', 0);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

/**
 * Connects only to addresses the policy allows. The decision is made on the address the socket goes to, so neither a
 * literal address, nor a redirect, nor a name that resolves differently the second time gets around it.
 */
export function guardedConnector(allows: AddressPolicy, resolve: LookupFunction = lookup): buildConnector.connector {
  const connect = buildConnector({ lookup: guardedLookup(allows, resolve) });
  return (options, callback) => {
    const literal = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) && !allows(literal)) return callback(refusal(), null);
    return connect(options, callback);
  };
}

/** Whether an address is this machine's own. */
function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

/** Connects like `guarded`, which is by what `allows` says, and to one port of this machine as well. */
export function exceptOwnPort(
  guarded: buildConnector.connector,
  allows: AddressPolicy,
  port: number,
): buildConnector.connector {
  const own = guardedConnector((address) => isLoopback(address) || allows(address));
  return (options, callback) => (Number(options.port) === port ? own : guarded)(options, callback);
}
