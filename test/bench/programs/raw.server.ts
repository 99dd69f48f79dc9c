import { createServer } from 'node:http';
import { roomName, type Reply } from '@switchyard/contract';
import { Server } from 'socket.io';
import { bench, ROOM_KEY, type Posted } from '../service/bench.contract.js';
import { post, tick } from '../service/bench.domain.js';
import type { Join, Post } from '../service/bench.dto.js';
import { measured } from './measured.server.js';
import { SETTINGS } from './settings.js';

type Ack<T> = (reply: Reply<T>) => void;

// The baseline: Socket.IO alone, without validation.
const http = createServer();
const io = new Server(http, SETTINGS);
const namespace = io.of(bench.namespace);

namespace.on('connection', (socket) => {
  socket.on('join_bench', ({ room_id }: Join, ack: Ack<object>) => {
    void socket.join(roomName(bench, room_id));
    ack({ ok: true, data: { room: roomName(bench, room_id) } });
  });
  socket.on('post', (payload: Post, ack: Ack<Posted>) => ack({ ok: true, data: post(payload) }));
});

const room = roomName(bench, ROOM_KEY);
http.listen(0, '127.0.0.1', () => {
  measured({
    http,
    connections: () => io.engine.clientsCount,
    publish: () => namespace.to(room).emit('tick', tick(ROOM_KEY)),
  });
});
