import type { INestApplication } from '@nestjs/common';
import { RealtimeModule, useSwitchyard } from '@switchyard/server';
import { clock, ClockGateway } from './clock.gateway.js';

// All that an adopter adds.
export const realtimeImports = () => [
  RealtimeModule.forRoot({
    authenticate: ({ token }) => Promise.resolve(token === undefined ? undefined : { id: token }),
    allowedOrigins: ['https://shop.example'],
    // The host's own Socket.IO stays at its path, with its options.
    socketio: { path: '/clocks' },
  }),
];
export const realtimeProviders = [ClockGateway];
export const useRealtime = (app: INestApplication): void => {
  useSwitchyard(app);
  // The clock ticks when somebody asks, so that no test waits for it.
  const gateway = app.get(ClockGateway);
  process.on('message', ({ tick }: { tick?: number }) => {
    if (tick !== undefined) void gateway.tick('tower', tick);
  });
};
export const service = clock.name;
