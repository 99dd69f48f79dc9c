import { Logger } from '@nestjs/common';
import type { MessageMappingProperties } from '@nestjs/websockets';
import {
  catchError,
  defer,
  EMPTY,
  filter,
  fromEvent,
  map,
  mergeMap,
  share,
  take,
  takeUntil,
  type Observable,
} from 'rxjs';
import type { Socket } from 'socket.io';

type Acknowledge = (answer: unknown) => void;

/** What a handler returns: an event if it names one. */
interface Answer {
  event?: string;
  data?: unknown;
}

const logger = new Logger('SocketIoHandlers');
/** The disconnect of each socket, one listener for all of its gateways. */
const ends = new WeakMap<Socket, Observable<unknown>>();

/**
 * Calls a gateway's handlers for the messages of a Socket.IO client until it disconnects, as Nest's own adapter does: an
 * answer `{ event, data }` is an event, any other is the acknowledgement.
 */
export function bindSocketIoHandlers(
  socket: Socket,
  handlers: readonly MessageMappingProperties[],
  transform: (data: unknown) => Observable<unknown>,
): void {
  for (const { message, callback, isAckHandledManually } of handlers) {
    const answers = fromEvent(socket, message as string, (...args: unknown[]) => args).pipe(
      mergeMap((args) => {
        const ack = typeof args.at(-1) === 'function' ? (args.pop() as Acknowledge) : undefined;
        const data = args.length > 1 ? args : args[0];
        // With defer and catchError a failed message ends its own answers only, not the subscription.
        return defer(() => transform(callback(data, ack))).pipe(
          filter((answer): answer is Answer => answer !== undefined && answer !== null),
          map((answer) => ({ answer, ack })),
          catchError((error: unknown) => {
            logger.error(error);
            return EMPTY;
          }),
        );
      }),
      takeUntil(endOf(socket)),
    );
    answers.subscribe(({ answer, ack }) => {
      if (answer.event) socket.emit(answer.event, answer.data);
      else if (!isAckHandledManually) ack?.(answer);
    });
  }
}

function endOf(socket: Socket): Observable<unknown> {
  const known = ends.get(socket);
  if (known) return known;
  const end = fromEvent(socket, 'disconnect').pipe(take(1), share());
  ends.set(socket, end);
  return end;
}
