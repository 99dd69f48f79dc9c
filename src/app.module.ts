import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { FaultFilter, RealtimeModule } from '@switchyard/server';
import { AuthModule } from './auth/auth.module.js';
import { JwtAuthenticator } from './auth/jwt.authenticator.js';
import { ADMIN_TOKEN, ConfigurationModule } from './config/configuration.module.js';
import { Environment } from './config/environment.js';
import { realtimeSettings } from './realtime.settings.js';
import * as services from './services/services.js';

/** Composes the reference application. */
@Module({})
export class AppModule {
  static for(environment: Environment): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigurationModule.for(environment),
        RealtimeModule.forRootAsync({
          imports: [AuthModule],
          inject: [Environment, JwtAuthenticator, ADMIN_TOKEN],
          useFactory: realtimeSettings,
        }),
        ...Object.values(services),
      ],
      // The controllers answer their errors as the framework's own routes do.
      providers: [{ provide: APP_FILTER, useClass: FaultFilter }],
    };
  }
}
