import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Fault } from '@switchyard/contract';
import { hostServer, RealtimeModule } from '@switchyard/server';
import jobs from './jobs.js';
import { ProgressGateway } from './progress.service.js';
import old from './server.js';

async function authenticate({ token }: { token?: string }) {
  const workspace = jobs.workspaceOf(token);
  if (!workspace) throw new Fault('auth.required');
  return { id: workspace };
}

@Module({
  imports: [RealtimeModule.forRoot({ authenticate, allowedOrigins: [], adminToken: process.env.ADMIN_TOKEN })],
  providers: [ProgressGateway],
})
class AppModule {}

NestFactory.create(AppModule, { logger: ['error', 'warn'] }).then(async (app) => {
  hostServer(app, old);
  await app.listen(Number(process.env.REALTIME_PORT), '127.0.0.1');
});
