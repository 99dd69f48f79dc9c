import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  ContractEvent,
  LegacyCodec,
  LegacyContext,
  LegacyFrame,
  SentFrame,
  ServiceContract,
  TypesOf,
} from '@switchyard/contract';
import fc from 'fast-check';
import { compareInSilence } from './parity.conformance.js';

/** Recorded frames of an old wire, each as its exact text. */
interface Recording {
  /** The source of the recording. */
  about: string;
  context: LegacyContext;
  frames: string[];
}

const RECORDINGS = join(__dirname, '../../migration/recordings');

/** The recordings of a service, by file name. */
export function recordingsOf(service: string): [string, Recording][] {
  const folder = join(RECORDINGS, service);
  return readdirSync(folder).map((file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recording]);
}

const parse = (text: string): LegacyFrame => (text.startsWith('{') ? (JSON.parse(text) as LegacyFrame) : text);
const write = (frame: SentFrame | undefined) => (typeof frame === 'object' ? JSON.stringify(frame) : frame);

/**
 * Checks a codec: it writes recorded frames again byte for byte, and an event loses on the old wire exactly the fields
 * that the codec declares with `project`.
 */
export function codecConformance<C extends ServiceContract>(
  contract: C,
  codec: LegacyCodec<TypesOf<C>>,
  events: fc.Arbitrary<ContractEvent<TypesOf<C>>>,
): void {
  describe(`the old wire of ${contract.name}`, () => {
    describe.each(recordingsOf(contract.name))('as recorded in %s', (_file, { context, frames }) => {
      it.each(frames)('writes the recorded frame again: %s', (text) => {
        const message = codec.decodeEvent(parse(text));
        if (!message) throw new Error('the codec does not know the frame');
        if (message.kind === 'alive') {
          const at = { ...context, ...(message.at !== undefined && { now: message.at }) };
          // A frame that only shows that the server runs may be a greeting, which a waiting client gets too.
          expect([codec.heartbeat?.frame(at), ...codec.unknownRoom(at).frames].map(write)).toContain(text);
        } else if (message.kind === 'snapshot') {
          expect(codec.encodeSnapshot(message.payload, context).map(write)).toContain(text);
        } else {
          expect(write(codec.encodeEvent(message, context))).toBe(text);
        }
      });
    });

    it('loses only the declared fields of an event', () => {
      const context = { key: 'key', session_id: 'session', now: '2026-01-01T00:00:00.000Z' };
      fc.assert(
        fc.property(events, (event) => {
          const frame = codec.encodeEvent(event, context);
          // Through text, as on the wire.
          const message = frame === undefined ? undefined : codec.decodeEvent(parse(write(frame)!));
          const { event: name, payload } = (message ?? {}) as Partial<ContractEvent<TypesOf<C>>>;
          const survived = message && { event: name, payload };
          expect(survived).toEqual(codec.project(event));
        }),
      );
    });

    it('shows no difference to a client that compares it with the new wire', () => {
      fc.assert(
        fc.property(fc.array(events, { maxLength: 20 }), (sent) => {
          expect(compareInSilence(contract, codec, sent)).toEqual({ positioned: [], plain: [] });
        }),
      );
    });
  });
}
