import { Logger } from '@nestjs/common';

/**
 * Exits with code 1 on an unhandled error or rejection, without draining.
 *
 * After such an error, memory may be inconsistent; everything acknowledged is in the store, and clients resume from
 * their positions.
 */
export function exitOnFatalErrors(): void {
  // Node.js also raises this event for unhandled rejections.
  process.on('uncaughtException', (error: unknown, origin) => {
    try {
      new Logger('process').fatal(
        `unable to go on; ${origin}: ${error instanceof Error ? error.stack : String(error)}`,
      );
    } finally {
      process.exit(1);
    }
  });
}
