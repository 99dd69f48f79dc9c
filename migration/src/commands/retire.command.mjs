import { withChange, withExamples, withWait } from './command.options.mjs';
import { promote } from './promote.command.mjs';

/** @typedef {import('commander').Command} Command */
/** @typedef {import('./promote.command.mjs').PromoteOptions} PromoteOptions */

/** @param {string} service @param {Omit<PromoteOptions, 'to'>} options */
const retire = (service, options) => promote(service, { ...options, to: 'retired' });

/** @param {Command} program */
export function addRetire(program) {
  const command = program
    .command('retire')
    .description('refuse every client of the old wire from now on; refused while somebody uses it')
    .argument('<service>')
    .option('--confirm <service>', 'the name of the service again, instead of the question; a script needs it')
    .option('--force', 'retire it from any stage, and although the old wire is in use');
  withExamples(withWait(withChange(command)), [
    'retire crawl --reason "no old client for 14 days"',
    'retire crawl --reason "no old client for 14 days" --confirm crawl',
  ]).action(retire);
}
