import { Logger } from '@nestjs/common';
import { timerMs } from './long.timer.js';

const logger = new Logger('legacy');

/**
 * Calls `beat` every `every_ms` milliseconds. A codec that fails must not end the process: its first failure is logged.
 *
 * @returns stops it
 */
export function startHeartbeat(every_ms: number, beat: () => void): () => void {
  let hasFailed = false;
  const timer = setInterval(() => {
    try {
      beat();
    } catch (error) {
      if (hasFailed) return;
      hasFailed = true;
      logger.error(`unable to send a heartbeat, and further failures are not logged; ${String(error)}`);
    }
  }, timerMs(every_ms));
  return () => clearInterval(timer);
}
