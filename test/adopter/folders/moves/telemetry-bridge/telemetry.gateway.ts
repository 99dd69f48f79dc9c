import type { UpstreamCodec } from '@switchyard/contract';
import { BaseUpstreamService, ServiceGateway } from '@switchyard/server';
import { telemetry, type Measurement, type TelemetryTypes } from './telemetry.contract.js';

const codec: UpstreamCodec<TelemetryTypes> = {
  decodeEvent(frame) {
    if (typeof frame === 'string') return undefined;
    const { type, seq, value, last } = frame as { type: string; seq: number; value: number; last: Measurement | null };
    if (type === 'hello') return { kind: 'snapshot', payload: { last } };
    return type === 'measurement' ? { kind: 'event', event: 'measurement', payload: { seq, value } } : undefined;
  },
  encodeCall: () => undefined,
};

@ServiceGateway(telemetry)
export class TelemetryGateway extends BaseUpstreamService<typeof telemetry> {
  codec = codec;

  endpoint({ key, credentials: { token } }) {
    const url = `${process.env.OLD_URL.replace('http', 'ws')}/devices/${encodeURIComponent(key)}`;
    return { url, headers: { Authorization: `Bearer ${token}` } };
  }

  apply(_state, { payload: last }) {
    return { last };
  }
}
