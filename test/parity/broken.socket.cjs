// Changes one event on its way to a client of the old wire, in every process that is started with it.
const { WebSocket } = require('ws');

/** The event that is changed, counted in this process. */
const CHANGED = 50;

let events = 0;
const { addEventListener } = WebSocket.prototype;
WebSocket.prototype.addEventListener = function (type, listener, options) {
  const broken = (message) => {
    const { data } = message;
    const isEvent = typeof data === 'string' && data.includes('"task_updated"');
    if (!isEvent || (events += 1) !== CHANGED) return listener(message);
    return listener({ ...message, data: data.replaceAll('Lay tracks', 'Lift tracks') });
  };
  return addEventListener.call(this, type, type === 'message' ? broken : listener, options);
};
