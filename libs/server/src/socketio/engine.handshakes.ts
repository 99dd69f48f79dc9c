import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Fault } from '@switchyard/contract';
import type { OriginPolicy } from '../http/origin.policy.js';
import type { RefusalLog } from '../http/refusal.log.js';
import { requestQuery } from '../http/request.target.js';

/** A request that engine.io has refused. */
interface RefusedRequest {
  req: IncomingMessage;
  message: string;
  /** Has `message` for what the framework has refused. */
  context?: { message?: string; name?: string };
}

/** What the framework uses of engine.io's server, which socket.io does not export. */
export interface EngineServer {
  readonly opts: { readonly transports: readonly string[]; readonly allowEIO3: boolean };
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  use(middleware: (request: IncomingMessage, response: object, next: () => void) => void): void;
  on(event: 'connection_error', listener: (refused: RefusedRequest) => void): void;
}

/** The version of engine.io's protocol that clients of Socket.IO 3 and 4 speak, and that of version 2. */
const CURRENT = '4';
const OLD = '3';

/**
 * Refuses clients that speak another version of engine.io's protocol, and says so. The engine itself answers a WebSocket of
 * such a client after the upgrade, so that the client reads an invalid frame.
 */
export class EngineHandshakes {
  constructor(
    private readonly engine: EngineServer,
    private readonly origins: OriginPolicy,
    private readonly refusals: RefusalLog,
  ) {}

  /** Checks the handshakes of long polling, and logs what the engine refuses. */
  watch(): void {
    this.engine.use((request, response, next) => {
      // For an upgrade the engine has a response that answers nothing.
      if (!(response instanceof ServerResponse)) return next();
      const fault = this.versionFault(request);
      if (!fault) return next();
      this.refusals.refused(request, fault);
      response.writeHead(fault.status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ error: fault.toBody() }));
    });
    this.engine.on('connection_error', ({ req, message, context }) => this.log(req, context?.message ?? message));
  }

  /** Checks the handshake of a WebSocket. @throws Fault `origin.refused`, `protocol.unsupported` */
  check({ request }: { request: IncomingMessage }): void {
    if (!this.origins.allows(request.headers.origin)) throw new Fault('origin.refused');
    const fault = this.versionFault(request);
    if (fault) throw fault;
  }

  private versionFault(request: IncomingMessage): Fault | undefined {
    const query = requestQuery(request);
    // The engine knows the version of a session.
    if (query.has('sid')) return undefined;
    const { allowEIO3 } = this.engine.opts;
    // The engine takes a client that names no version for one of the old protocol.
    const version = query.get('EIO') ?? (allowEIO3 ? OLD : null);
    const served = allowEIO3 ? [CURRENT, OLD] : [CURRENT];
    return version !== null && served.includes(version)
      ? undefined
      : new Fault('protocol.unsupported', { EIO: version?.slice(0, 10) ?? null, served });
  }

  private log(request: IncomingMessage, message: string): void {
    // A session that this process does not know is that of a client that was away, or of another process.
    if (message === 'draining' || message === 'Session ID unknown') return;
    this.refusals.refused(request, message === 'origin.refused' ? new Fault(message) : badRequest(message));
  }
}

function badRequest(reason: string): Fault {
  return new Fault('input.invalid', { reason });
}
