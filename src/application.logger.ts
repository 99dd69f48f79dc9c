import { ConsoleLogger } from '@nestjs/common';

/** Nest's own steps while it starts; of interest to somebody who looks for a fault in them. */
const STARTING: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Nest's console logger, except that the steps of its start are told at `debug`, and a refusal to start once. */
export class ApplicationLogger extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (STARTING.has(rest.at(-1))) this.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  // What is wrong with the environment or the data is the last word of the program, in one line and without a stack.
  override error(message: unknown, ...rest: unknown[]): void {
    const isRefusal =
      rest.at(-1) === 'ExceptionHandler' && message instanceof Error && message.message.startsWith('unable to');
    if (!isRefusal) super.error(message, ...rest);
  }
}
