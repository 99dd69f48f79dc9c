import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../harness/free.port.js';
import type { Outcome } from '../adopter.report.js';
import { nestNeeds } from '../install/nest.needs.js';
import { ROOT } from '../install/scratch.folder.js';
import type { SharedInstallations } from '../install/shared.installations.js';
import { GUIDE_PAGE } from './guide.fault.js';
import { GuideRun } from './guide.run.js';

/** Does what the guide says, with the packages that an adopter installs. @throws GuideFault for the first difference */
export async function proveGuide(installations: SharedInstallations): Promise<Outcome[]> {
  const project = (await installations.nest('12')).folder;
  const folder = join(project, 'guide');
  mkdirSync(folder);
  const run = new GuideRun({
    folder,
    modules: join(project, 'node_modules'),
    installed: nestNeeds('12'),
    port: await freePort(),
  });
  const blocks = await run.follow(readFileSync(join(ROOT, GUIDE_PAGE), 'utf8'));
  return [{ part: 'guide', name: GUIDE_PAGE, result: 'ok', detail: `${blocks} blocks, as the page says` }];
}
