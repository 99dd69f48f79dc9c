import type { INestApplication } from '@nestjs/common';
import type { ServiceRuntime } from '@switchyard/server';
import { ServiceRegistry } from '@switchyard/server';
import type { PayloadClass } from './payload.class.js';

/** A call of a running application. */
export interface ServedCall {
  service: ServiceRuntime;
  call: string;
  type: PayloadClass;
}

/** Every call of every service of an application. */
export function callsOfAll(app: INestApplication): ServedCall[] {
  const services = app.get(ServiceRegistry, { strict: false }).all();
  return services.flatMap((service) =>
    [...service.handlers].map(([call, { payload }]) => ({ service, call, type: payload })),
  );
}

/** Makes every handler return its payload, and opens every room to everybody. */
export function echoPayloads(app: INestApplication): void {
  for (const { service } of callsOfAll(app)) {
    const behaviour = service.behaviour as unknown as Record<string, unknown>;
    behaviour.authorize = () => true;
    for (const handler of service.handlers.values()) {
      if ('method' in handler) behaviour[handler.method] = (payload: object) => payload;
      else handler.answer = (payload: object) => Promise.resolve(payload);
    }
  }
}
