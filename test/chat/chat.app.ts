import type { JoinReply, Reply } from '@switchyard/contract';
import type { ChatHistory, ChatMessage } from '@switchyard/services';
import { Corpus } from '../../src/corpus/index.js';
import { startApp, type TestApp } from '../harness/app.js';
import type { TestSocket } from '../harness/test-socket.js';
import type { TestWs } from '../harness/test-ws.js';

/** The page for the questions. */
export const PAGE = { source_id: 'handbook', url: 'http://yard.test/retarders', title: 'Retarders' };
export const QUESTION = 'What is a retarder?';

/** The application with one page in its index. */
export interface ChatApp extends TestApp {
  /** Opens a session over REST. */
  open(body?: object, headers?: Record<string, string>): Promise<string>;
  /** A session in REST. */
  history(session_id: string): Promise<ChatHistory>;
}

/** Starts the application with one page about which it can answer. */
export async function startChat(environment: Readonly<Record<string, string>> = {}): Promise<ChatApp> {
  const app = await startApp(environment);
  await putPage(app.app.get(Corpus, { strict: false }));
  const sessions = `${app.url}/api/agent-chat/sessions`;
  return Object.assign(app, {
    async open(body: object = {}, headers: Record<string, string> = {}) {
      const method = 'POST';
      const response = await fetch(sessions, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
      expect(response.status).toBe(201);
      return ((await response.json()) as { session_id: string }).session_id;
    },
    history: async (session_id: string) => (await (await fetch(`${sessions}/${session_id}`)).json()) as ChatHistory,
  });
}

async function putPage(corpus: Corpus): Promise<void> {
  await corpus.openSource({ ...PAGE, source_type: 'url' });
  const text =
    'A retarder is a brake that belongs to the track. Beams on both sides of the rail press against the wheels.';
  const chunks = [{ heading: 'Retarders', text, word_count: 21 }];
  const page = await corpus.putPage({ ...PAGE, text_length: text.length, chunks });
  await corpus.putCode(page, [{ heading: 'Exit speed', language: 'python', code: 'exit_speed = 1.5' }]);
}

/** Joins a session's room. @throws Error with the code of the refusal */
export async function enter(socket: TestSocket, session_id: string, since?: object): Promise<JoinReply<ChatHistory>> {
  return unwrap(await socket.call('join_session', { session_id, since }));
}

/** Sends a message. @throws Error with the code of the refusal */
export async function ask(
  socket: TestSocket,
  session_id: string,
  message = QUESTION,
  more: object = {},
): Promise<ChatMessage> {
  return unwrap(await socket.call('send_message', { session_id, message, ...more }));
}

function unwrap<T>(reply: unknown): T {
  const answer = reply as Reply<T>;
  if (!answer.ok) throw new Error(answer.error.code);
  return answer.data;
}

/** The logged events a socket received, by name. */
export function namesOf(socket: TestSocket): string[] {
  return socket.received.map(({ event }) => event).filter((event) => event !== 'typing');
}

/** The pieces of answers a socket received. */
export function piecesOf(socket: TestSocket): { index: number; content: string }[] {
  const pieces = socket.received.filter(({ event }) => event === 'partial_result');
  return pieces.map(({ args }) => args[0] as { index: number; content: string });
}

/** Whether a frame is of this type. */
export function isFrame(type: string): (text: string) => boolean {
  return (text) => text.startsWith(`{"type":"${type}"`);
}

/** The next frame of a type, parsed. */
export async function nextFrame(ws: TestWs, type: string): Promise<Record<string, any>> {
  return JSON.parse(await ws.waitFor(isFrame(type), type)) as Record<string, any>;
}
