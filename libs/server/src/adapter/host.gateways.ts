import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { SocketIoHost } from '../socketio/socketio.host.js';

/** The names under which `@WebSocketGateway` keeps its arguments. */
const OPTIONS = 'websockets:gateway_options';
const PORT = 'port';

/** The options that belong to a namespace; all others belong to the server that it shares. */
const OF_NAMESPACE: readonly string[] = ['namespace', 'path'];
/** Options that only Socket.IO has, by which a gateway without a namespace is known. */
const OF_SOCKET_IO: readonly string[] = [
  'adapter',
  'allowEIO3',
  'allowRequest',
  'allowUpgrades',
  'connectionStateRecovery',
  'connectTimeout',
  'cookie',
  'cors',
  'httpCompression',
  'maxHttpBufferSize',
  'parser',
  'pingInterval',
  'pingTimeout',
  'transports',
  'upgradeTimeout',
];

/** The application's own gateways, which share the port: what they cannot have is refused at boot, not changed in silence. */
@Injectable()
export class HostGateways implements OnModuleInit {
  /** Whether the application has the framework's WebSocket adapter. */
  isAdapted = false;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly host: SocketIoHost,
  ) {}

  /** @throws TypeError when a gateway cannot be served as it was */
  onModuleInit(): void {
    for (const { metatype } of this.discovery.getProviders()) {
      if (typeof metatype !== 'function') continue;
      const options = Reflect.getMetadata(OPTIONS, metatype) as Record<string, unknown> | undefined;
      // A gateway with a port of its own has a server of its own.
      if (options && Reflect.getMetadata(PORT, metatype) === 0) this.check(metatype.name, options);
    }
  }

  private check(name: string, options: Readonly<Record<string, unknown>>): void {
    if (!this.isAdapted) {
      throw new TypeError(
        `unable to serve the gateway ${name}; call useSwitchyard(app) before listen, so that all sockets share one adapter`,
      );
    }
    // Elsewhere it has a server of its own, with all its options.
    if (!this.host.serves(options)) return;
    const inNamespace = options.namespace !== undefined;
    const lost = Object.keys(options).filter(
      (option) =>
        options[option] !== undefined && (inNamespace ? !OF_NAMESPACE.includes(option) : OF_SOCKET_IO.includes(option)),
    );
    if (lost.length > 0) {
      throw new TypeError(
        `unable to serve the gateway ${name} with its own ${lost.join(', ')}; all namespaces share one Socket.IO server: ` +
          'leave it out of the gateway and set it for the module (allowedOrigins in place of cors), or give the module another ' +
          "path, such as socketio: { path: '/live' }, so that the gateway keeps its own server",
      );
    }
  }
}
