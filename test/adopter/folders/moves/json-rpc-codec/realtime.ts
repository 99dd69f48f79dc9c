import { NestFactory } from '@nestjs/core';
import { hostServer, RealtimeModule } from '@switchyard/server';
import { DeviceGateway } from './device.service.js';
import old from './server.js';

const authenticate = async () => undefined;
const { ADMIN_TOKEN: adminToken, REALTIME_PORT: port = 0 } = process.env;
const realtime = RealtimeModule.forRoot({ authenticate, allowedOrigins: [], adminToken, providers: [DeviceGateway] });

NestFactory.create(realtime, { logger: ['error', 'warn'] }).then(async (app) => {
  hostServer(app, old);
  await app.listen(port, '127.0.0.1');
});
