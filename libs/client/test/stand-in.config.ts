import type { RealtimeConfig, ServiceContract, Stage, Wire } from '@switchyard/contract';
import { meter, notes } from './notes.contract.js';

/** What a stand-in can be made to say of itself. */
interface StandInSettings {
  /** How far ahead its clock is. */
  clockOffsetMs: number;
  /** A service that it does not name. */
  unlisted?: string;
  /** The wire clients are told to use. */
  wire: Wire;
}

/** What a stand-in answers whoever asks for its configuration. */
export function standInConfig({ clockOffsetMs, unlisted, wire }: StandInSettings): RealtimeConfig {
  const address = ({ name, namespace }: ServiceContract) => ({
    wire,
    stage: wire as Stage,
    namespace,
    poll_path: `/realtime/rooms/${name}`,
    ...(name === 'notes' && { legacy_path: '/old/notes/:book_id' }),
  });
  const listed = [notes, meter].filter(({ name }) => name !== unlisted);
  return {
    version: '1.0',
    server_time: new Date(Date.now() + clockOffsetMs).toISOString(),
    features: {},
    limits: {},
    services: Object.fromEntries(listed.map((contract) => [contract.name, address(contract)])),
  };
}
