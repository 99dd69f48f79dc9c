import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Fault } from '@switchyard/contract';
import { RealtimeModule, useSwitchyard } from '@switchyard/server';
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

async function main() {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  useSwitchyard(app);
  app.use((req, res) => old.emit('request', req, res));
  old.listeners('upgrade').forEach((listener) => app.getHttpServer().on('upgrade', listener));
  await app.listen(process.env.REALTIME_PORT || 0, '127.0.0.1');
  console.log(`serving on ${app.getHttpServer().address().port}`);
}
main();
