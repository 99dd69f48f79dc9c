import { RemoteFault, type Reply } from '@switchyard/contract';
import type { Realtime } from '@switchyard/client';
import { fakeRealtime } from '@switchyard/client/testing';
import { AgentChatService } from './chat.client.js';
import { chat } from './chat.contract.js';
import type { ChatHistory } from './chat.history.js';
import type { ChatMessage } from './chat.message.js';
import type { ShownMessage } from './chat.outbox.client.js';
import type { AgentRun } from './chat.run.js';

const refusal: Reply = {
  ok: false,
  error: { code: 'call.failed', error: 'unable to …', timestamp: 't', recoverable: true, help: 'Try again.' },
};
const message = (id: string, correlation_id: string, sender: ChatMessage['sender'] = 'user'): ChatMessage => ({
  id,
  session_id: 's',
  content: `the content of ${id}`,
  sender,
  timestamp: 't',
  correlation_id,
});

const open = new Set<Realtime>();
afterEach(() => {
  open.forEach((realtime) => realtime.close());
  open.clear();
});

function start(snapshot: ChatHistory = { messages: [] }) {
  const { realtime, transport } = fakeRealtime(chat);
  open.add(realtime);
  const wire = transport(chat);
  wire.admit = () => ({ recovered: false, epoch: 'e', offset: 0, snapshot });
  let offset = 0;
  const emitEvent = (event: string, payload: object) =>
    wire.emit('s', { event, payload, position: { epoch: 'e', offset: ++offset } });
  const typing = (is_typing: boolean) =>
    wire.emit('s', { event: 'typing', payload: { session_id: 's', sender: 'user', is_typing } });
  const service = new AgentChatService(realtime);
  const session = service.session('s');
  const follow = () => {
    const shown: ShownMessage[][] = [];
    session.messages$.subscribe((messages) => shown.push(messages));
    return shown;
  };
  const sent = () =>
    wire.calls
      .filter(({ name }) => name === 'send_message')
      .map(({ payload }) => payload as ChatMessage & { message: string });
  return { wire, emitEvent, typing, service, session, follow, sent };
}

const states = (shown: ShownMessage[] | undefined) => shown?.map(({ state }) => state);

describe('AgentChatService', () => {
  it('opens sessions', async () => {
    const { service, wire } = start();
    wire.answer = () => ({ ok: true, data: { session_id: 's' } });
    await expect(service.createSession({ project_id: 'p' })).resolves.toBe('s');
    expect(wire.calls).toMatchObject([{ name: 'create_session', payload: { project_id: 'p' } }]);
  });

  it('shows a message at once, and confirms it in its place', async () => {
    const { service, follow, wire, sent } = start();
    const shown = follow();
    await wire.joined('s');
    let answer: (reply: Reply) => void = () => undefined;
    wire.answer = () => new Promise((resolve) => (answer = resolve));
    const sending = service.send('s', 'hello', { source_id: 'x' });
    expect(shown.at(-1)).toMatchObject([{ content: 'hello', sender: 'user', state: 'pending' }]);
    const { correlation_id, ...payload } = sent()[0]!;
    expect(payload).toEqual({ session_id: 's', message: 'hello', context: { source_id: 'x' } });
    answer({ ok: true, data: message('m1', correlation_id!) });
    await expect(sending).resolves.toMatchObject({ id: 'm1' });
    expect(shown.at(-1)).toMatchObject([{ id: 'm1', state: 'confirmed', correlation_id }]);
  });

  it.each(['before', 'after'])('shows a message once, whether its event comes %s the reply', async (order) => {
    const { service, session, follow, wire, emitEvent, sent } = start();
    const [one, two] = [follow(), follow()];
    await wire.joined('s');
    const event = () => emitEvent('new_message', message('m1', sent()[0]!.correlation_id!));
    wire.answer = () => {
      if (order === 'before') event();
      return { ok: true, data: message('m1', sent()[0]!.correlation_id!) };
    };
    await service.send('s', 'hello');
    if (order === 'after') event();
    for (const shown of [one, two]) {
      expect(shown.every((messages) => messages.length <= 1)).toBe(true);
      expect(shown.slice(1).every((messages) => messages.length === 1)).toBe(true);
      expect(shown.at(-1)).toMatchObject([{ id: 'm1', state: 'confirmed' }]);
    }
    const later: ShownMessage[][] = [];
    session.messages$.subscribe((messages) => later.push(messages));
    expect(later.at(-1)).toHaveLength(1);
  });

  it('keeps a refused message, which can be sent again or discarded', async () => {
    const { service, follow, wire, sent } = start();
    const shown = follow();
    await wire.joined('s');
    wire.answer = () => refusal;
    await expect(service.send('s', 'hello')).rejects.toBeInstanceOf(RemoteFault);
    await expect(service.send('s', 'world')).rejects.toBeInstanceOf(RemoteFault);
    expect(shown.at(-1)).toMatchObject([
      { content: 'hello', state: 'failed', fault: { code: 'call.failed' } },
      { content: 'world', state: 'failed' },
    ]);
    const [first, second] = shown.at(-1)!;
    service.discard('s', second!.correlation_id!);
    wire.answer = () => ({ ok: true, data: message('m1', sent()[2]!.correlation_id!) });
    await expect(service.retry('s', first!.correlation_id!)).resolves.toMatchObject({ id: 'm1' });
    expect(sent()[2]!.correlation_id).not.toBe(first!.correlation_id);
    expect(states(shown.at(-1))).toEqual(['confirmed']);
    await expect(service.retry('s', 'nothing of that id')).resolves.toBeUndefined();
  });

  it('shows a message that is sent before the history has come', async () => {
    const { service, follow, wire } = start();
    wire.admit = () => undefined;
    wire.answer = () => new Promise(() => undefined);
    const shown = follow();
    expect(shown).toEqual([]);
    const sending = service.send('s', 'hello');
    expect(states(shown.at(-1))).toEqual(['pending']);
    open.forEach((realtime) => realtime.close());
    await expect(sending).rejects.toMatchObject({ code: 'client.closed' });
  });

  it('reports the progress of an answer, and does not change the messages meanwhile', async () => {
    const step = { run_id: 'r', agent_name: 'rag' };
    const { session, follow, emitEvent, wire } = start({
      messages: [],
      runs: [{ ...step, partial: 'A ', next_index: 1 }],
    });
    const runs: (AgentRun | undefined)[] = [];
    session.run$.subscribe((run) => runs.push(run));
    const shown = follow();
    await wire.joined('s');
    emitEvent('partial_result', { ...step, index: 1, content: 'brake.' });
    expect(runs.map((run) => run?.partial)).toEqual(['A ', 'A brake.']);
    expect(shown).toHaveLength(1);
    emitEvent('new_message', message('m2', 'c', 'agent'));
    emitEvent('agent_completed', { ...step, duration_ms: 1, message_id: 'm2' });
    expect(runs.at(-1)).toBeUndefined();
    expect(shown).toHaveLength(2);
  });

  it('stops an answer', async () => {
    const { service, wire } = start();
    wire.answer = () => ({ ok: true, data: { session_id: 's', stopping: true } });
    await expect(service.stop('s')).resolves.toBe(true);
    expect(wire.calls).toMatchObject([{ name: 'stop_agent', payload: { session_id: 's' } }]);
  });

  it('reports seldom that its user is typing, and reports the end when the message is sent', async () => {
    const { service, follow, wire } = start();
    service.setTyping('s', true);
    expect(wire.calls).toEqual([]);
    service.setTyping('s', false);
    follow();
    await wire.joined('s');
    service.setTyping('s', true);
    service.setTyping('s', true);
    wire.answer = () => ({ ok: true, data: message('m1', 'c') });
    await service.send('s', 'hello');
    service.setTyping('s', false);
    const reported = wire.calls.filter(({ name }) => name === 'set_typing').map(({ payload }) => payload);
    expect(reported).toMatchObject([{ is_typing: true }, { is_typing: false }]);
  });

  it('reports when somebody else is typing, and ignores its own echo', async () => {
    const { service, session, wire, typing } = start();
    const seen: boolean[] = [];
    const subscription = session.typing$.subscribe((is) => seen.push(is));
    await wire.joined('s');
    service.setTyping('s', true);
    typing(true);
    service.setTyping('s', false);
    typing(false);
    typing(true);
    typing(true);
    typing(false);
    expect(seen).toEqual([false, true, false]);
    subscription.unsubscribe();
  });
});
