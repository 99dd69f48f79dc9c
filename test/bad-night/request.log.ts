import type { ProxiedRequest } from '../harness/path.proxy.js';

/**
 * The parts of a bad night, in order. *outage*: from the death to the trip; *return*: until the last client is back;
 * *promotion*: since the wire is well again.
 */
export type Phase = 'before' | 'outage' | 'return' | 'after' | 'promotion';

/** What clients ask for: a connection of the wire that dies, one of the old wire, a fallback, or the configuration. */
export const KINDS = ['socketio', 'legacy', 'sse', 'polling', 'config'] as const;
/** What a client asks for. */
export type Kind = (typeof KINDS)[number];

/** The requests of one kind in one phase. */
export interface RequestCount {
  all: number;
  /** Reset, swallowed, or answered with an error. */
  failed: number;
  /** The number of clients that sent them, and the most that one of them sent; 0 where requests do not name their client. */
  clients: number;
  most: number;
}

/** Whether a path belongs to Socket.IO. */
export function isSocketio(path: string): boolean {
  return path.startsWith('/socket.io/');
}

/** Counts the requests of clients by what they ask for and when. */
export class RequestLog {
  phase: Phase = 'before';
  private readonly requests: { phase: Phase; kind: Kind; request: ProxiedRequest }[] = [];

  /** Notes a request when it is sent. */
  note(request: ProxiedRequest): void {
    const kind = kindOf(request.path);
    if (kind) this.requests.push({ phase: this.phase, kind, request });
  }

  count(phase: Phase, kind: Kind): RequestCount {
    const these = this.requests.filter((each) => each.phase === phase && each.kind === kind);
    const counts = new Map<string, number>();
    for (const { request } of these) {
      const client = new URLSearchParams(request.path.split('?')[1]).get('client_id');
      if (client !== null) counts.set(client, (counts.get(client) ?? 0) + 1);
    }
    return {
      all: these.length,
      failed: these.filter(({ request }) => isFailed(request)).length,
      clients: counts.size,
      most: Math.max(0, ...counts.values()),
    };
  }
}

function isFailed({ fate, status = 0 }: ProxiedRequest): boolean {
  return fate !== 'passed' || status >= 400;
}

/** What a path is for; undefined for what opens no connection and asks for no advice. */
function kindOf(path: string): Kind | undefined {
  // With a session id, a request belongs to a connection that was counted.
  if (isSocketio(path)) return path.includes('&sid=') ? undefined : 'socketio';
  if (path.includes('switchyard=1')) return 'legacy';
  const [, kind] = /^\/realtime\/(events|rooms|config)\?/.exec(path) ?? [];
  return kind === 'events' ? 'sse' : kind === 'rooms' ? 'polling' : (kind as 'config' | undefined);
}
