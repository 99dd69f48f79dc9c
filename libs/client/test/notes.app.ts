import 'reflect-metadata';
import { Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RealtimeModule, useSwitchyard, type Authenticate } from '@switchyard/server';
import { TOY_OPTIONS } from '../../../test/toys/toy.app.js';
import { MeterGateway, NotesGateway } from './notes.gateway.js';

/** Starts an application with notes and meters on a free port; each user has one connection, the newest. */
export async function openNotesApp(authenticate: Authenticate): Promise<INestApplication> {
  const options = { ...TOY_OPTIONS, authenticate, maxConnectionsPerUser: 1 };
  @Module({
    imports: [RealtimeModule.forRootAsync({ useFactory: () => options })],
    providers: [NotesGateway, MeterGateway],
  })
  class NotesModule {}
  const app = await NestFactory.create(NotesModule, { logger: false });
  useSwitchyard(app);
  await app.listen(0, '127.0.0.1');
  return app;
}
