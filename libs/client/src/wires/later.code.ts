export { PageReport } from '../statistics/page.report.js';
export { oldWire as legacy } from './old.wire.js';
export { pollingWire as polling } from './polling/polling.wire.js';
export { sseWire as sse } from './sse/sse.wire.js';
