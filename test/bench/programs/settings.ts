/** The Socket.IO settings of every system; the defaults of Switchyard. */
export const SETTINGS = {
  path: '/socket.io/',
  serveClient: false,
  destroyUpgrade: false,
  pingInterval: 25_000,
  pingTimeout: 20_000,
  maxHttpBufferSize: 1_000_000,
};
