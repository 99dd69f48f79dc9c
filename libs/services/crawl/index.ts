export * from './crawl.contract.js';
export * from './crawl.legacy.js';
export * from './crawl.progress.js';
