import { defineService, Fault, type ContractEvent, type UpstreamCodec } from '@switchyard/contract';
import {
  BaseUpstreamService,
  Call,
  ForwardCalls,
  ServiceGateway,
  type Caller,
  type UpstreamOpener,
} from '@switchyard/server';
import { IsInt, IsString } from 'class-validator';

class AddNote {
  @IsString()
  pad_id: string;

  @IsString()
  text: string;
}

class AddMany extends AddNote {
  @IsInt()
  count: number;
}

interface Note {
  n: number;
  text: string;
}

export interface PadTypes {
  room: { pad_id: string };
  calls: {
    add: { payload: AddNote; reply: { n: number } };
    add_many: { payload: AddMany; reply: { count: number } };
  };
  events: { note: Note };
  snapshot: { notes: Note[] };
}

export const pads = defineService<PadTypes>()({
  name: 'pads',
  kind: 'log',
  room: { prefix: 'pad', key: 'pad_id' },
  join: 'join_pad',
  leave: 'leave_pad',
  snapshot: 'pad',
  calls: { add: {}, add_many: {} },
  events: { note: {} },
});

/** The frames of the old server, read and written as its clients do. */
const padsUpstream: UpstreamCodec<PadTypes> = {
  decodeEvent(frame) {
    if (typeof frame === 'string') return undefined;
    const { type, ...payload } = frame;
    if (type === 'notes') return { kind: 'snapshot', payload: payload as unknown as PadTypes['snapshot'] };
    return type === 'note' ? { kind: 'event', event: 'note', payload: payload as unknown as Note } : undefined;
  },
  encodeCall: ({ call, payload: { text } }, id) => (call === 'add' ? { id, text } : undefined),
  decodeReply(frame) {
    if (typeof frame === 'string') return undefined;
    const id = frame.re as number;
    if (frame.type === 'done') return { id, reply: { ok: true, data: { n: frame.n } } };
    if (frame.type !== 'error') return undefined;
    return { id, reply: { ok: false, error: new Fault('input.invalid', { detail: frame.detail }).toBody() } };
  },
};

@ServiceGateway(pads)
@ForwardCalls(pads, { add: AddNote })
export class PadGateway extends BaseUpstreamService<typeof pads> {
  /** The old server, without a slash at the end. */
  static url = 'http://127.0.0.1:8000';

  protected readonly codec = padsUpstream;

  protected endpoint({ key, credentials: { token } }: UpstreamOpener) {
    const url = `${PadGateway.url.replace('http', 'ws')}/pads/${encodeURIComponent(key)}`;
    return { url, headers: { Authorization: `Bearer ${token}` } };
  }

  protected apply(state: PadTypes['snapshot'], { payload }: ContractEvent<PadTypes>) {
    state.notes.push(payload);
    return state;
  }

  /** The old server has this one as an HTTP request; its events come over the WebSocket all the same. */
  @Call('add_many')
  async addMany({ pad_id, text, count }: AddMany, caller: Caller) {
    const query = new URLSearchParams({ text, count: String(count) });
    const headers = { Authorization: `Bearer ${this.credentials(caller)?.token}` };
    const response = await fetch(`${PadGateway.url}/add/${encodeURIComponent(pad_id)}?${query}`, { headers });
    if (!response.ok) throw new Fault('call.outcome_unknown', { status: response.status });
    return (await response.json()) as { count: number };
  }
}
