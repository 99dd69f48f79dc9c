import { ConsoleLogger } from '@nestjs/common';

/** Nest's own steps while it starts; of interest to somebody who looks for a fault in them. */
const STARTING: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Nest's console logger, except that the steps of its start are told at `debug`. */
export class ApplicationLogger extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (STARTING.has(rest.at(-1))) this.debug(message, ...rest);
    else super.log(message, ...rest);
  }
}
