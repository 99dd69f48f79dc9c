import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { bench } from '../service/bench.contract.js';

/** The relevant packet types of engine.io (first digit) and Socket.IO (second digit). */
const [OPENED, PING, PONG, CONNECT, EVENT, ACK] = ['0', '2', '3', '40', '42', '43'];

/**
 * A minimal Socket.IO client over WebSocket that costs a fraction of the server's work: with a load slower than the
 * server, the bench would measure idle time.
 */
export class LightClient {
  private readonly acks = new Map<number, (reply: string) => void>();
  private last = 0;

  private constructor(
    private readonly ws: WebSocket,
    private readonly onEvent: (packet: string) => void,
    connected: (error?: Error) => void,
  ) {
    const address = `${bench.namespace},`;
    const auth = { client_id: randomUUID(), sdk: 'bench' };
    ws.on('error', connected);
    ws.on('message', (data: Buffer) => {
      const packet = data.toString('latin1');
      if (packet.startsWith(ACK + address)) this.settle(packet, ACK.length + address.length);
      else if (packet.startsWith(EVENT + address)) this.onEvent(packet);
      else if (packet.startsWith(CONNECT + address)) connected();
      else if (packet.startsWith(OPENED)) ws.send(CONNECT + address + JSON.stringify(auth));
      else if (packet === PING) ws.send(PONG);
      else connected(new Error(`unable to connect; the server said ${packet}`));
    });
  }

  /** Connects to the bench's namespace; `onEvent` gets each raw event. */
  static connect(url: string, onEvent: (packet: string) => void): Promise<LightClient> {
    return new Promise((resolve, reject) => {
      const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
        perMessageDeflate: false,
      });
      const client: LightClient = new LightClient(ws, onEvent, (error) => (error ? reject(error) : resolve(client)));
    });
  }

  /** Makes a call with a JSON payload; `answered` gets the reply as a JSON array. */
  call(name: string, payload: string, answered: (reply: string) => void): void {
    this.last += 1;
    this.acks.set(this.last, answered);
    this.ws.send(`${EVENT}${bench.namespace},${this.last}["${name}",${payload}]`);
  }

  /** Closes the connection at once. */
  close(): void {
    this.ws.terminate();
  }

  private settle(packet: string, from: number): void {
    const bracket = packet.indexOf('[', from);
    const id = Number(packet.slice(from, bracket));
    const answered = this.acks.get(id);
    this.acks.delete(id);
    answered?.(packet.slice(bracket));
  }
}
