import { Fault } from '@switchyard/contract';
import type { ChatMessage } from '@switchyard/services';
import { Opening } from './opening.js';

function start() {
  const log: string[] = [];
  let settle: { resolve(id: string): void; reject(error: Error): void } | undefined;
  const chats = {
    createSession: () => new Promise<string>((resolve, reject) => (settle = { resolve, reject })),
    send: (session: string, text: string) => {
      log.push(`${session}: ${text}`);
      return Promise.resolve({} as ChatMessage);
    },
  };
  const opening = new Opening(chats, (session) => log.push(`opened ${session}`));
  const until = (is: () => boolean) => new Promise<void>((resolve) => opening.subscribe(() => is() && resolve()));
  return { opening, log, settle: () => settle!, until };
}

const messagesOf = (opening: Opening) => opening.value.messages.map(({ content }) => content);

describe('a new conversation', () => {
  it('opens one session and sends it everything written until then, in order', async () => {
    const { opening, log, settle, until } = start();
    opening.say('one');
    const { resolve } = settle();
    opening.say('two');
    expect(settle().resolve).toBe(resolve);
    expect(messagesOf(opening)).toEqual(['one', 'two']);
    resolve('s');
    await until(() => opening.value.opened === 's');
    expect(log).toEqual(['s: one', 's: two', 'opened s']);
  });

  it('keeps its first messages while its session is requested, and begins the next one without them', async () => {
    const { opening, log, settle, until } = start();
    opening.say('one');
    settle().resolve('s');
    await until(() => opening.value.opened === 's');
    expect(messagesOf(opening)).toEqual(['one']);
    await new Promise(setImmediate);
    opening.say('two');
    expect(opening.value).toMatchObject({ messages: [{ content: 'two' }] });
    settle().resolve('t');
    await until(() => opening.value.opened === 't');
    expect(log).toEqual(['s: one', 'opened s', 't: two', 'opened t']);
  });

  it('keeps its messages when the session fails, and tries again', async () => {
    const { opening, log, settle, until } = start();
    opening.say('one');
    settle().reject(new Fault('rate.limited'));
    await until(() => opening.value.fault !== undefined);
    expect(opening.value.fault).toMatchObject({ code: 'rate.limited' });
    expect(messagesOf(opening)).toEqual(['one']);
    expect(log).toEqual([]);
    await new Promise(setImmediate);
    opening.retry();
    expect(opening.value.fault).toBeUndefined();
    settle().resolve('s');
    await until(() => opening.value.opened === 's');
    expect(log).toEqual(['s: one', 'opened s']);
  });
});
