export * from './crawl/crawl.contract.js';
export * from './crawl/crawl.legacy.js';
export * from './crawl/crawl.progress.js';
