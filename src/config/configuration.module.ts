import { Module, type DynamicModule } from '@nestjs/common';
import { adminToken, type AdminToken } from './admin-token.js';
import { Environment } from './environment.js';

/** The injection token of the admin token; undefined where the admin API is closed. */
export const ADMIN_TOKEN = Symbol('admin-token');

/** Provides the checked environment to every module. */
@Module({})
export class ConfigurationModule {
  static for(environment: Environment): DynamicModule {
    return {
      module: ConfigurationModule,
      global: true,
      providers: [
        { provide: Environment, useValue: environment },
        { provide: ADMIN_TOKEN, useFactory: (): AdminToken | undefined => adminToken(environment) },
      ],
      exports: [Environment, ADMIN_TOKEN],
    };
  }
}
