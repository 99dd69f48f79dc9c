import type { MultiplexCodec } from '@switchyard/contract';
import type { BoardTypes } from './board.types.js';

/** One old socket for all boards: `{board, text}` posts a note, and joins that board. */
export const boardMultiplex: MultiplexCodec<BoardTypes> = {
  path: '/boards',
  correlationOf: (frame) => (frame as { id?: string }).id,
  decode(frame) {
    const { board, text } = frame as { board: string; text: string };
    return { kind: 'call', key: board, call: { call: 'post', payload: { board_id: board, text } } };
  },
  encodeEvent: ({ event, payload }, { key }) => (event === 'note' ? { board: key, note: payload } : undefined),
  encodeError: ({ code }, { correlation_id }) => ({
    code,
    ...(correlation_id !== undefined && { id: correlation_id }),
  }),
};
