import { Module } from '@nestjs/common';
import { JwtAuthenticator } from './jwt.authenticator.js';

/** Provides the authenticator. */
@Module({ providers: [JwtAuthenticator], exports: [JwtAuthenticator] })
export class AuthModule {}
