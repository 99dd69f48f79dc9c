export * from './chat/chat.dto.js';
export * from './crawl/crawl.dto.js';
