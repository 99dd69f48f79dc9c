import { once } from 'node:events';
import { connect } from 'node:net';
import { TestRedis } from './redis.js';

async function ask(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.write(`${command}\r\n`);
  const [answer] = (await once(socket, 'data')) as [string];
  socket.destroy();
  return answer;
}

describe('a Redis of the test', () => {
  let redis: TestRedis;
  afterEach(() => redis.stop());

  it('answers on a port of its own', async () => {
    redis = await TestRedis.start();
    expect(await ask(redis.port, 'PING')).toBe('+PONG\r\n');
  });

  it('comes back on the same port after a crash, with what was flushed', async () => {
    redis = await TestRedis.start(['--appendonly', 'yes', '--appendfsync', 'always']);
    expect(await ask(redis.port, 'SET train 7')).toBe('+OK\r\n');
    await redis.restart();
    expect(await ask(redis.port, 'GET train')).toBe('$1\r\n7\r\n');
  });
});
