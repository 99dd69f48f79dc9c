import type { AgentRun, ChatMessage } from '@switchyard/services';
import { nextAnnouncement } from './announced.answer.js';

const message = (sender: ChatMessage['sender'], content: string): ChatMessage => ({
  id: content,
  session_id: 's',
  content,
  sender,
  timestamp: 't',
});
const run = (partial: string, run_id = 'r'): AgentRun => ({
  run_id,
  agent_name: 'rag',
  partial,
  next_index: partial === '' ? 0 : 1,
});

const past = [message('user', 'Q1'), message('agent', 'A1')];
const asked = [...past, message('user', 'Q2')];

describe('the answer that is read out', () => {
  it('is none of the earlier answers', () => {
    expect(nextAnnouncement(undefined, { messages: past })).toBeUndefined();
  });

  it('is the current one, and in the end its message', () => {
    const begun = nextAnnouncement(undefined, { messages: asked, run: run('') });
    expect(begun).toMatchObject({ id: 'r', text: '', isWhole: false });
    const going = nextAnnouncement(begun, { messages: asked, run: run('A br') });
    expect(going).toMatchObject({ id: 'r', text: 'A br', isWhole: false });
    const whole = nextAnnouncement(going, { messages: [...asked, message('agent', 'A brake.')] });
    expect(whole).toMatchObject({ id: 'r', text: 'A brake.', isWhole: true });
    expect(nextAnnouncement(whole, { messages: past })).toBe(whole);
  });

  it('is the text so far when it failed', () => {
    const going = nextAnnouncement(undefined, { messages: asked, run: run('A br') });
    expect(nextAnnouncement(going, { messages: asked })).toMatchObject({ text: 'A br', isWhole: true });
  });

  it('changes with the next run', () => {
    const whole = nextAnnouncement(nextAnnouncement(undefined, { messages: past, run: run('A') }), { messages: past });
    expect(nextAnnouncement(whole, { messages: asked, run: run('B', 'r2') })).toMatchObject({ id: 'r2', before: 3 });
  });
});
