/**
 * The layers of each package, lowest first: a folder may import its own files and the folders of lower layers, types
 * included. `name/*` stands for each folder in `name`: these folders do not know each other. The dependency rules are
 * made from this list, and the pictures in the documentation are checked against it.
 */
module.exports = {
  'libs/server/src': [
    ['caller', 'queue', 'timer', 'validation'],
    ['store'],
    ['store/memory'],
    ['cluster'],
    ['options'],
    ['identity', 'limits', 'room'],
    ['presence'],
    ['service'],
    ['runs', 'stages'],
    ['dispatch'],
    ['http'],
    ['wires'],
    ['socketio', 'websocket'],
    ['wires/*'],
    ['adapter', 'lifecycle'],
  ],
  'libs/store-lmdb/src': [],
  'libs/store-redis/src': [],
  'libs/client/src': [
    ['backoff', 'clock', 'faults', 'timer', 'version'],
    ['identity'],
    ['http'],
    ['config', 'transport'],
    ['socketio'],
    ['wires/*'],
    ['wires'],
    ['call', 'statistics'],
    ['room'],
    ['connection'],
    ['realtime'],
    ['service'],
    ['testing'],
  ],
};
