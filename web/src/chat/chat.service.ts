import type { Realtime } from '@switchyard/client';
import { AgentChatService } from '@switchyard/services/chat/chat.client.js';
import { BehaviorSubject } from 'rxjs';
import { Opening } from './opening.js';
import { showSession } from './session.hook.js';

/** The chat service and drafts of a page. */
export interface PageChat {
  chats: AgentChatService;
  opening: Opening;
  /** Unsent text by conversation. */
  draft: BehaviorSubject<string>;
}

const pages = new WeakMap<Realtime, PageChat>();

/** Returns the page's chat, which keeps unsent text while other panels are shown. */
export function chatOf(realtime: Realtime): PageChat {
  const known = pages.get(realtime);
  if (known) return known;
  const chats = new AgentChatService(realtime);
  const chat = { chats, opening: new Opening(chats, showSession), draft: new BehaviorSubject('') };
  pages.set(realtime, chat);
  return chat;
}
