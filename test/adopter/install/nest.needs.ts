import type { Dependencies } from './registry.base.js';

/** The lines of Nest that are supported. */
export const NEST_LINES = ['11', '12'] as const;
/** A line of Nest. */
export type NestLine = (typeof NEST_LINES)[number];

/** Newest releases at times lack the packages of a platform, so the versions that were tried are named. */
const NEST: Readonly<Record<NestLine, Dependencies>> = {
  '11': {
    '@nestjs/common': '~11.2.0',
    '@nestjs/core': '~11.2.0',
    '@nestjs/platform-express': '~11.2.0',
    '@nestjs/platform-fastify': '~11.2.0',
    '@nestjs/platform-socket.io': '~11.2.0',
    '@nestjs/platform-ws': '~11.2.0',
    '@nestjs/websockets': '~11.2.0',
  },
  '12': {
    '@nestjs/common': '12.5.1',
    '@nestjs/core': '12.5.1',
    '@nestjs/platform-express': '12.5.1',
    '@nestjs/platform-fastify': '12.5.0',
    '@nestjs/platform-socket.io': '12.1.1',
    '@nestjs/platform-ws': '12.1.1',
    '@nestjs/websockets': '12.1.1',
  },
};

/** What every Nest project of an adopter has, before it knows of us. */
export const nestNeeds = (line: NestLine): Dependencies => ({
  ...NEST[line],
  '@fastify/helmet': '13.0.2',
  '@types/node': '^20.19.0',
  '@types/ws': '^8.18.0',
  'class-transformer': '0.5.1',
  'class-validator': '0.15.1',
  helmet: '8.1.0',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
  typescript: '6.0.3',
  ws: '8.23.0',
  // Peers of ours.
  '@openfeature/core': '1.12.0',
  '@openfeature/server-sdk': '1.23.0',
  'socket.io-client': '4.8.4',
});
