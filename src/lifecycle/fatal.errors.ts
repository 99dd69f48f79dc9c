import { Logger } from '@nestjs/common';

/**
 * Ends the process with code 1 at an error that nobody handles, a rejected promise included. It does not drain: what such
 * an error interrupted may be half done, everything acknowledged is in the store, and clients resume from their positions.
 */
export function endOnFatalErrors(): void {
  // Node.js hands over rejections nobody handles here as well.
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
