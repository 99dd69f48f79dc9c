import type { HostedProxy } from '../hosted.handler.js';
import { resolveProxyOptions, type ProxyOptions } from './proxy.options.js';
import { parseUpstream } from './upstream.address.js';
import { UpstreamProxy } from './upstream.proxy.js';

/**
 * A handler for `hostUpgrade` that proxies old clients to the process that serves them, byte for byte.
 *
 * @param target the address of the process, such as `http://127.0.0.1:9000` or `unix:/run/old.sock`; a request goes on with
 * its own path and query
 * @throws TypeError that names what is wrong with the address or the options
 */
export function proxyTo(target: string, options: ProxyOptions = {}): HostedProxy {
  const resolved = resolveProxyOptions(options);
  return new UpstreamProxy(parseUpstream(target, resolved.tls), resolved);
}
