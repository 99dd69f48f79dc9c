/** Says what it is told to over a socket, and ends with it: `held.program.mjs {port}/{name}`. */
import { connect } from 'node:net';

const [port, name] = process.argv[2].split('/');
const socket = connect(Number(port), '127.0.0.1', () => socket.write(name));
socket.pipe(process.stdout);
