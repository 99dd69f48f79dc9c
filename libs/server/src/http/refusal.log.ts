import type { IncomingMessage } from 'node:http';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { CauseLog, loggable } from '../log/cause.log.js';
import { requestTarget } from './request.target.js';

/** How many parts of a path are logged; later ones name rooms and sessions, and may be secret. */
const SHOWN_PARTS = 2;
/** The faults whose details the framework writes itself, without anything of a credential. */
const EXPLAINED: readonly string[] = ['protocol.unsupported', 'input.invalid'];
/** The faults whose cause is a failed connection; their details would tell a client where it goes. */
const CAUSED: readonly string[] = ['upstream.unavailable'];
/** Refusals that are part of every restart. */
const EXPECTED = 'service.draining';

/** Logs why connections are refused, once for each cause; never a query, which may have a token. */
@Injectable()
export class RefusalLog implements OnApplicationShutdown {
  private readonly causes = new CauseLog(new Logger('refusals'));

  onApplicationShutdown(): void {
    this.causes.close();
  }

  /** Logs that a connection was refused. */
  refused(request: IncomingMessage, thrown: unknown): void {
    this.refusedAt(placeOf(request), thrown, request.headers.origin);
  }

  /** The same for a place that is no path, such as a namespace. */
  refusedAt(place: string, thrown: unknown, origin?: string): void {
    const fault = Fault.from(thrown);
    if (fault.code === EXPECTED) return;
    if (fault.code === 'call.failed') return this.causes.error(`unable to connect a client to ${place}`, fault.cause);
    const from = fault.code === 'origin.refused' && origin !== undefined ? ` from ${originOf(origin)}` : '';
    this.causes.warn(`${fault.code} ${place}${from}`, `refused at ${place}${from}: ${fault.code}, ${reasonOf(fault)}`);
  }
}

/** The beginning of a request's path. */
function placeOf(request: IncomingMessage): string {
  const [, ...parts] = requestTarget(request).path.split('/');
  const shown = parts.slice(0, SHOWN_PARTS).join('/');
  return `${loggable(`/${shown}`)}${parts.length > SHOWN_PARTS && parts[SHOWN_PARTS] !== '' ? '/…' : ''}`;
}

function originOf(origin: string): string {
  return URL.canParse(origin) ? loggable(new URL(origin).origin) : 'an origin that is none';
}

function reasonOf({ code, message, details, cause }: Fault): string {
  if (CAUSED.includes(code) && cause) return `${message} (${loggable((cause as Error).message)})`;
  if (!EXPLAINED.includes(code) || !details) return message;
  return `${message} (${loggable(JSON.stringify(details))})`;
}
