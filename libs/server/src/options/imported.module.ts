import type { INestApplicationContext, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

/**
 * Finds a part of the framework in an application.
 *
 * @throws TypeError when the application does not import `RealtimeModule`
 */
export function partOf<T>(app: INestApplicationContext, part: Type<T>): T {
  // Nest would end the process over a part that is missing, with the name of the part only.
  const modules = [...app.get(ModulesContainer, { strict: false }).values()];
  if (!modules.some(({ providers }) => providers.has(part)))
    throw new TypeError(
      'unable to use Switchyard; no module of the application imports RealtimeModule.forRoot({ authenticate, allowedOrigins })',
    );
  return app.get(part, { strict: false });
}
