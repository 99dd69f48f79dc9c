export * from './crawl/crawl.dto.js';
