const { NestFactory } = require('@nestjs/core');
const { hostServer, RealtimeModule } = require('@switchyard/server');
const old = require('./server');

const realtime = RealtimeModule.forRoot({ authenticate: async () => undefined, allowedOrigins: [] });
NestFactory.create(realtime, { logger: ['error', 'warn'] }).then(async (app) => {
  hostServer(app, old, { path: process.env.OLD_PATH });
  await app.listen(process.env.REALTIME_PORT, '127.0.0.1');
});
