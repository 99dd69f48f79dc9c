export { PageReport } from '../statistics/page.report.js';
export { oldWire } from './old.wire.js';
export { pollingWire } from './polling/polling.wire.js';
export { sseWire } from './sse/sse.wire.js';
