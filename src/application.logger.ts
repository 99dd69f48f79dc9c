import { ConsoleLogger } from '@nestjs/common';

/** Nest logs its start under these contexts; only needed to debug a failing start. */
const START_CONTEXTS: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Logs like Nest's console logger, with Nest's start-up steps at `debug` and without duplicates of a failed start. */
export class ApplicationLogger extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (START_CONTEXTS.has(rest.at(-1))) this.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  // main.ts prints a wrong environment or unusable data as the last line, without a stack.
  override error(message: unknown, ...rest: unknown[]): void {
    const isRefusal =
      rest.at(-1) === 'ExceptionHandler' && message instanceof Error && message.message.startsWith('unable to');
    if (!isRefusal) super.error(message, ...rest);
  }
}
