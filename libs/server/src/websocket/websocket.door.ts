import { Logger } from '@nestjs/common';
import {
  Fault,
  type ArrivalContext,
  type ErrorBody,
  type LegacyCompression,
  type LegacyDoor,
  type LegacyFrame,
  type LegacyRefusal,
  type LegacyRequest,
  type LegacyRequests,
  type RequestId,
  type ServiceTypes,
} from '@switchyard/contract';
import type { PerMessageDeflateOptions, ServerOptions } from 'ws';
import { POLICY } from './closing.js';
import { checkRequestId } from './request.id.js';
import { UnreadableFrames } from './unreadable.frames.js';

/** The part of a codec that says how clients get in, and the ids of their requests where they have some. */
export type DoorCodec = LegacyDoor & Partial<Pick<LegacyRequests<ServiceTypes>, 'requestId'>>;

/** The close codes of those that are refused in a frame by a codec that has no word for it, by the fault's HTTP status. */
const CLOSE_CODES: Partial<Record<Fault['status'], number>> = {
  400: POLICY,
  401: 4401,
  403: 4403,
  404: 4404,
  410: 4410,
  413: 1009,
  429: 1013,
  502: 1013,
  503: 1013,
};
/** The close code for what the server did not foresee. */
const FAILED = 1011;

/** The part of a codec that says how clients get in; what it throws is logged, and costs the client at most its frame. */
export class WebSocketDoor {
  private readonly logger = new Logger('legacy');
  /** The frames that the old endpoint cannot read. */
  readonly unreadable: UnreadableFrames;
  private hasFailed = false;

  constructor(
    readonly codec: DoorCodec,
    private readonly path: string,
  ) {
    this.unreadable = new UnreadableFrames(codec, (error) => this.report(error));
  }

  /** The subprotocols and the compression of the old endpoint, as options of its WebSocket server. */
  get serverOptions(): ServerOptions {
    const { protocols, compression } = this.codec;
    return {
      ...(protocols && { handleProtocols: (offered) => this.choose([...offered]) }),
      ...(compression && { perMessageDeflate: deflateOf(compression) }),
    };
  }

  get isCompressed(): boolean {
    return this.codec.compression !== undefined;
  }

  /** Whether the codec says where a token is. */
  get hasTokens(): boolean {
    return this.codec.tokenIn !== undefined;
  }

  /** The token where the codec says it is. */
  tokenIn(request: LegacyRequest): string | undefined {
    return this.attempt(() => this.codec.tokenIn?.(request));
  }

  /** The credential in a message; undefined for another frame. @throws Fault `input.invalid` for a token that is no text */
  credentialIn(frame: LegacyFrame): { readonly token?: string } | undefined {
    const credential = this.attempt(() => this.codec.authentication?.credentialIn(frame));
    // A codec passes on what the client wrote.
    if (typeof (credential?.token ?? '') !== 'string') throw new Fault('input.invalid', { expected: 'a token' });
    return credential;
  }

  /** The id of the request in a message; undefined when it has none that can be repeated. */
  requestIdIn(frame: LegacyFrame): RequestId | undefined {
    const id = this.attempt(() => this.codec.requestId?.(frame));
    try {
      return checkRequestId(id);
    } catch {
      return undefined;
    }
  }

  /** How the codec refuses; undefined when it has no word for the error. */
  refusal(error: ErrorBody, context: ArrivalContext): LegacyRefusal | undefined {
    return this.attempt(() => this.codec.refuse?.(error, context));
  }

  /** How a client is refused whose WebSocket is open already. */
  refusalInFrames(fault: Fault, context: ArrivalContext): LegacyRefusal {
    if (fault.code === 'call.failed') this.report(fault.cause);
    // Waiting does not help a client that is one too many.
    const code = fault.code === 'connection.limit' ? POLICY : (CLOSE_CODES[fault.status] ?? FAILED);
    const plain = { frames: [], close: { code, reason: fault.code } };
    return this.refusal(fault.toBody(), context) ?? plain;
  }

  /** Runs a step of the codec; undefined when it fails. */
  attempt<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }

  /** Logs what nobody foresaw, once: a client may be able to cause it at will. */
  report(error: unknown): void {
    if (!this.hasFailed) this.logger.error(`unable to let a client in at ${this.path}; ${String(error)}`);
    this.hasFailed = true;
  }

  private choose(offered: readonly string[]): string | false {
    const { protocols } = this.codec;
    const chosen =
      typeof protocols === 'function'
        ? this.attempt(() => protocols(offered))
        : protocols?.find((protocol) => offered.includes(protocol));
    // One that was not offered would make the client close.
    return chosen !== undefined && offered.includes(chosen) ? chosen : false;
  }
}

function deflateOf({ level, ...compression }: LegacyCompression): PerMessageDeflateOptions {
  return { ...compression, ...(level !== undefined && { zlibDeflateOptions: { level } }) };
}
