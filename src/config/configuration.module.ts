import { Module, type DynamicModule } from '@nestjs/common';
import { adminToken, type AdminToken } from './admin-token.js';
import { Environment } from './environment.js';

/** The injection token of the admin token; its value is undefined when the admin API is closed. */
export const ADMIN_TOKEN = Symbol('admin-token');

/** Provides the validated environment to every module. */
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
