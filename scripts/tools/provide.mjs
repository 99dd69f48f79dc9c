import { cleanUp } from './apt.mjs';
import { findTool } from './find.mjs';
import { TOOLS } from './tool.mjs';

/**
 * Finds or fetches every tool, prints its path and sets its environment variable.
 *
 * @returns {Promise<boolean>} whether all tools are available
 */
export async function provideTools() {
  const began = performance.now();
  const found = await Promise.allSettled(TOOLS.map(findTool));
  cleanUp();
  found.forEach((outcome, index) => {
    const tool = /** @type {import('./tool.mjs').Tool} */ (TOOLS[index]);
    if (outcome.status === 'fulfilled') {
      process.env[tool.variable] = outcome.value.path;
      console.log(`${tool.name}: ${outcome.value.path} (${outcome.value.origin})`);
    } else {
      console.error(/** @type {Error} */ (outcome.reason).message);
    }
  });
  const seconds = (performance.now() - began) / 1000;
  if (seconds > 2) console.log(`tools ready in ${seconds.toFixed(1)} s`);
  return found.every(({ status }) => status === 'fulfilled');
}
