import type { CreationProgress, KnowledgeItem } from '@switchyard/services';
import type { Reply } from '@switchyard/contract';
import { ask, enter, startChat, type ChatApp } from '../chat/chat.app.js';
import { openSocket } from '../harness/clients.js';
import type { TestSocket } from '../harness/test-socket.js';
import { rest } from '../projects/rest.js';

/** Texts that are cut everywhere, at both halves of a character and within a character of several code points. */
const TEXTS = ['😀', 'a😀', '👩‍👩‍👧‍👦', 'ab🇩🇪'].map((begin) => begin + '😀'.repeat(3000));
const HALF = /\\ud[89a-f]/i;

/** All messages of a socket as JSON, where half a character appears as an escape. */
const messagesOf = ({ received }: TestSocket) => JSON.stringify(received);

describe('a text that the application shortens', () => {
  let app: ChatApp;
  beforeAll(async () => {
    app = await startChat();
  });
  afterAll(() => app.close());

  const open = (namespace: string) => openSocket(app.url, namespace).connected();
  const call = async <T>(socket: TestSocket, name: string, payload: object) => {
    const reply = await socket.call<Reply<T>>(name, payload);
    if (!reply.ok) throw new Error(reply.error.code);
    return reply.data;
  };

  it.each(TEXTS)('has whole characters in the thoughts and answers of the agent', async (text) => {
    const socket = await open('/chat');
    const session_id = await app.open();
    await enter(socket, session_id);
    // Shorter than the longest message, and longer than a quotation.
    await ask(socket, session_id, text.slice(0, text.length - 5400));
    await socket.next('agent_completed');
    expect(messagesOf(socket)).toContain('There is nothing in the index about');
    expect(messagesOf(socket)).not.toMatch(HALF);
  });

  it.each(TEXTS)('has whole characters in the name and title of an uploaded file', async (text) => {
    const form = new FormData();
    form.append('file', new Blob([`# ${text}\n\nRetarders.`]), `${text.slice(0, text.length - 5700)}.md`);
    const response = await fetch(`${app.url}/api/knowledge-items/upload`, { method: 'POST', body: form });
    const item = (await response.json()) as KnowledgeItem;
    expect(item.metadata.file_name).toMatch(/😀\.md$/u);
    expect(JSON.stringify(item)).not.toMatch(HALF);
    const { items } = (await rest<{ items: KnowledgeItem[] }>(app.url, 'GET', '/api/knowledge-items')).body;
    expect(JSON.stringify(items)).not.toMatch(HALF);
  });

  it.each(TEXTS)('has whole characters in the tasks of a planned project', async (text) => {
    const socket = await open('/project-creation');
    const wish = text.slice(0, text.length - 5700);
    const { progress_id } = await call<{ progress_id: string }>(socket, 'create_project', {
      title: text.slice(0, text.length - 5900),
      description: `${wish}:\n- Dispatchers can sort ${wish} wagons\n- Dispatchers can sign in`,
    });
    await call(socket, 'subscribe_progress', { progress_id });
    const isEnd = ({ args }: { args: unknown[] }) => (args[0] as CreationProgress).status === 'completed';
    const { args } = await socket.waitFor(isEnd, 'the end');
    const { project } = args[0] as CreationProgress;
    const { body } = await rest(app.url, 'GET', `/api/projects/${project!.id}/tasks`);
    expect(JSON.stringify(body)).toContain('…');
    expect(JSON.stringify(body)).not.toMatch(HALF);
    expect(messagesOf(socket)).not.toMatch(HALF);
  });
});
