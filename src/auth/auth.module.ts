import { Module } from '@nestjs/common';
import { JwtAuthenticator } from './jwt.authenticator.js';

/** Tells who is behind a handshake. */
@Module({ providers: [JwtAuthenticator], exports: [JwtAuthenticator] })
export class AuthModule {}
