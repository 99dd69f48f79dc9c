import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { SupervisedProcess } from '../../processes/index.js';

/** Speaks MCP over stdin and stdout of a supervised program; the SDK's own transport starts programs itself. */
export class ChildTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  private readonly buffer = new ReadBuffer();

  constructor(private readonly child: SupervisedProcess) {}

  start(): Promise<void> {
    this.child.stdout.on('data', (bytes: Buffer) => this.take(bytes));
    void this.child.exited.then(() => this.onclose?.());
    return Promise.resolve();
  }

  send(message: JSONRPCMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      this.child.stdin!.write(serializeMessage(message), (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Does nothing: the owner of the program ends it. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  private take(bytes: Buffer): void {
    try {
      this.buffer.append(bytes);
    } catch (error) {
      // The line is longer than any message; the buffer has dropped it.
      this.onerror?.(error as Error);
    }
    while (this.read());
  }

  private read(): boolean {
    try {
      const message = this.buffer.readMessage();
      if (message) this.onmessage?.(message);
      return message !== null;
    } catch (error) {
      // This line is not a message; the next one may be.
      this.onerror?.(error as Error);
      return true;
    }
  }
}
