import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import type { Namespace, Socket } from 'socket.io';

/** A Socket.IO namespace of the host's own, with options that are not the framework's. */
@WebSocketGateway({
  namespace: '/live',
  cors: { origin: 'https://pages.host.example', credentials: true },
  pingInterval: 7_000,
  pingTimeout: 3_000,
  maxHttpBufferSize: 5_000,
})
export class LiveGateway {
  @WebSocketServer() live: Namespace;

  handleConnection(socket: Socket): void {
    socket.emit('hello', { query: socket.handshake.query['name'] ?? null });
  }

  @SubscribeMessage('ask')
  answer(@MessageBody() question: unknown) {
    return { answer: question };
  }

  @SubscribeMessage('tell')
  tell(@MessageBody() news: unknown, @ConnectedSocket() socket: Socket) {
    socket.emit('told', news);
  }
}
