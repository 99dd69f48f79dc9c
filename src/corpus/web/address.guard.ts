import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { buildConnector } from 'undici';
import { WebFailure } from './web.failure.js';

/** Decides whether to connect to an IP address. */
export type AddressPolicy = (address: string) => boolean;

/** Azure's metadata and DHCP host, a public address that only answers internally. */
const INTERNAL_ADDRESSES = new Set(['168.63.129.16']);
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Tells whether an address is public: not private, loopback, link-local (cloud metadata), carrier, multicast or
 * reserved, and none of these wrapped in IPv6.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const ip = ipaddr.process(address);
  if (ip.range() !== 'unicast') return false;
  return ip instanceof ipaddr.IPv6 ? ip.match(GLOBAL_UNICAST) : !INTERNAL_ADDRESSES.has(ip.toString());
}

/** Allows every address. */
export const anyAddress: AddressPolicy = () => true;

function refusal(): WebFailure {
  return new WebFailure('refused', 'its address is private or reserved, and this server only reads public sites');
}

/** Wraps a DNS look-up to return only allowed addresses; the socket connects to the returned address. */
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
 * Creates a connector that connects to allowed addresses only.
 *
 * It checks the socket's actual address, so literal addresses, redirects and DNS rebinding cannot bypass it.
 */
export function guardedConnector(allows: AddressPolicy, resolve: LookupFunction = lookup): buildConnector.connector {
  const connect = buildConnector({ lookup: guardedLookup(allows, resolve) });
  return (options, callback) => {
    const literal = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) && !allows(literal)) return callback(refusal(), null);
    return connect(options, callback);
  };
}

/** Tells whether an address is a loopback address. */
function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

/** Extends a guarded connector to allow one port of this machine. */
export function exceptOwnPort(
  guarded: buildConnector.connector,
  allows: AddressPolicy,
  port: number,
): buildConnector.connector {
  const own = guardedConnector((address) => isLoopback(address) || allows(address));
  return (options, callback) => (Number(options.port) === port ? own : guarded)(options, callback);
}
