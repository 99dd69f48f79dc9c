import type { ComponentType } from 'react';
import { ChatPanel } from '../chat/chat.panel.js';
import { CrawlPanel } from '../crawl/crawl.panel.js';
import { StagesPanel } from '../stages/stages.panel.js';

/** One page of the console. */
export interface Panel {
  /** The part of the address after `#`. */
  id: string;
  title: string;
  Content: ComponentType;
}

/** The console's pages, in the order of the navigation; a service's panel is one line here. */
export const PANELS: readonly [Panel, ...Panel[]] = [
  { id: 'crawl', title: 'Crawl', Content: CrawlPanel },
  { id: 'chat', title: 'Chat', Content: ChatPanel },
  { id: 'stages', title: 'Stages', Content: StagesPanel },
];
