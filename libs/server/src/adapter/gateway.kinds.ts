import type { INestApplication } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { SocketIoHost } from '../socketio/socketio.host.js';

/** What Nest's gateways speak: raw WebSockets, or Socket.IO. */
export type GatewayKind = 'ws' | 'socket.io';

/** The names under which `@WebSocketGateway` keeps its arguments. */
const OPTIONS = 'websockets:gateway_options';
const PORT = 'port';

interface FoundGateway {
  name: string;
  port: number;
  path: string | undefined;
  namespace: unknown;
}

/** Tells what the gateways of an application speak, which Nest does not tell its adapter. */
export class GatewayKinds {
  private found: readonly FoundGateway[] | undefined;

  /** @param withoutPath the kind of gateways with neither path nor namespace; undefined when the application does not say */
  constructor(
    private readonly app: INestApplication,
    private readonly withoutPath: GatewayKind | undefined,
  ) {}

  /** The kind of the gateways with this port and path. @throws TypeError when it cannot be told, or cannot be served */
  of(port: number, path: string | undefined): GatewayKind {
    const gateways = this.all().filter((gateway) => gateway.port === port && gateway.path === path);
    const inNamespace = gateways.find(({ namespace }) => namespace !== undefined);
    if (path === undefined) return inNamespace ? this.besideNamespace(gateways) : this.kindWithoutPath(gateways);
    return inNamespace || this.app.get(SocketIoHost).holds(`${path}/`) ? 'socket.io' : 'ws';
  }

  /** Nest gives gateways with the same port and path the same server, also where only some have a namespace. */
  private besideNamespace(gateways: readonly FoundGateway[]): GatewayKind {
    const bare = gateways.find(({ namespace }) => namespace === undefined);
    if (this.withoutPath !== 'ws' || !bare) return 'socket.io';
    throw new TypeError(
      `unable to serve the gateway ${bare.name} on raw WebSockets; others have a namespace, so give it a path: "/"`,
    );
  }

  private kindWithoutPath(gateways: readonly FoundGateway[]): GatewayKind {
    if (this.withoutPath) return this.withoutPath;
    const names = gateways.map(({ name }) => name).join(', ') || 'without a name';
    throw new TypeError(
      `unable to serve the gateway ${names}; it has neither path nor namespace, so it may speak raw WebSockets or Socket.IO: ` +
        "call useSwitchyard(app, { gatewaysWithoutPath: 'ws' }) or 'socket.io'",
    );
  }

  private all(): readonly FoundGateway[] {
    return (this.found ??= this.app
      .get(DiscoveryService, { strict: false })
      .getProviders()
      .flatMap(({ metatype }) => (typeof metatype === 'function' ? gatewayIn(metatype) : [])));
  }
}

function gatewayIn(type: object & { name: string }): FoundGateway[] {
  const options = Reflect.getMetadata(OPTIONS, type) as Partial<FoundGateway> | undefined;
  if (!options) return [];
  const port = (Reflect.getMetadata(PORT, type) as number | undefined) ?? 0;
  return [{ name: type.name, port, path: options.path, namespace: options.namespace }];
}
