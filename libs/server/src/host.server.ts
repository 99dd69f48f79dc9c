import type { INestApplication } from '@nestjs/common';
import { HostGateways } from './adapter/host.gateways.js';
import { useSwitchyard } from './realtime.module.js';
import { HostedRequests } from './wires/hosted/hosted.requests.js';
import type { HostedHttp } from './wires/hosted/hosted.server.js';
import { hostUpgrade, type HostUpgradeOptions } from './wires/hosted/host.upgrade.js';

/** How an old server is hosted. */
export interface HostServerOptions extends HostUpgradeOptions {
  /** The path of its WebSocket endpoint, in the syntax of path-to-regexp: needed for a stage, and for its use to be counted. */
  path?: string;
}

/**
 * Lets an old server answer every HTTP and every upgrade request that is not for the framework, with the bytes that it
 * always answered. Call it before `listen`; it does what `useSwitchyard` does, where nobody has called that.
 *
 * @param server an HTTP server, whether it listens itself or not, or an Express application
 * @throws TypeError when the server cannot be hosted, or there is a service without a path
 */
export function hostServer(
  app: INestApplication,
  server: HostedHttp,
  { path, ...options }: HostServerOptions = {},
): void {
  if (path === undefined && options.service !== undefined) {
    throw new TypeError('unable to host a server; the stage of a service governs a path, so that is needed too');
  }
  if (!app.get(HostGateways).isAdapted) useSwitchyard(app);
  const hosted = app.get(HostedRequests).host(server);
  if (path !== undefined) hostUpgrade(app, path, hosted, options);
}
