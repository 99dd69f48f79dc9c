import { pollPath, type RealtimeConfig, type Stage, type WireName } from '@switchyard/contract';
import { board, boardLegacy } from './board.toy.js';

/** What a client is told when the board is on `wire`, without asking the server. */
export function boardConfig(wire: WireName): RealtimeConfig {
  const { namespace } = board;
  const address = { wire, stage: wire as Stage, namespace, legacy_path: boardLegacy.path, poll_path: pollPath(board) };
  return {
    version: '1.0',
    server_time: new Date().toISOString(),
    features: {},
    limits: {},
    services: { board: address },
  };
}
