// The wires that every service has, one line each.
export { socketio } from './wires/socketio/socketio.wire.js';
export { polling } from './wires/polling/polling.wire.js';
export { hosted } from './wires/hosted/hosted.wire.js';
export { sse } from './wires/sse/sse.plugin.js';
