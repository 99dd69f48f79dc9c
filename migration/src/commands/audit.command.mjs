import { EXIT, Failure } from '../failure/failure.mjs';
import { Session } from '../session/session.mjs';
import { figureLines } from '../stage/figure.text.mjs';
import { stageText } from '../stage/stage.text.mjs';
import { plain } from '../terminal/plain.text.mjs';
import { table } from '../terminal/text.table.mjs';
import { absolute, duration } from '../terminal/time.text.mjs';
import { count, withExamples, withJson } from './command.options.mjs';

/** @typedef {import('commander').Command} Command */
/** @typedef {import('@switchyard/contract').MigrationAudit} MigrationAudit */
/** @typedef {import('../server/admin.api.mjs').AdminApi} AdminApi */

const DEFAULT_LIMIT = 20;
/** The most entries that one request asks for. */
const PAGE = 100;

/** @param {AdminApi} api @param {string} service @param {{ limit: number, before?: string }} options */
async function read(api, service, { limit, before }) {
  /** @type {MigrationAudit[]} */
  const entries = [];
  let next = before;
  do {
    const page = await api.audit(service, { limit: Math.min(PAGE, limit - entries.length), before: next });
    if (!page) {
      throw new Failure(EXIT.failed, 'server.outdated', 'unable to read the audit; the server does not show it', {
        help: 'Update the server.',
      });
    }
    entries.push(...page.entries);
    next = page.next;
  } while (next !== undefined && entries.length < limit);
  return { entries, next: next ?? null };
}

/** @param {MigrationAudit} entry */
function rowOf({ at, by, from, to, effect }) {
  return [
    absolute(at),
    plain(by),
    `${stageText(from)} → ${stageText(to)}`,
    String(effect?.told ?? ''),
    String(effect?.moved ?? ''),
    String(effect?.failed ?? ''),
    effect?.moved_ms === undefined ? '' : duration(effect.moved_ms),
    plain(to.reason),
  ];
}

const COLUMNS = [
  { title: 'AT' },
  { title: 'BY' },
  { title: 'CHANGE' },
  { title: 'TOLD', align: /** @type {const} */ ('right') },
  { title: 'MOVED', align: /** @type {const} */ ('right') },
  { title: 'FAILED', align: /** @type {const} */ ('right') },
  { title: 'IN', align: /** @type {const} */ ('right') },
  { title: 'WHY' },
];

/** @param {string} name @param {{ json?: boolean, limit: number, before?: string }} options */
async function showAudit(name, options) {
  const { api, out } = new Session(options);
  const { service } = await api.service(name);
  const { entries, next } = await read(api, service, options);
  const [heading = '', ...rows] = table(COLUMNS, entries.map(rowOf), out.columns);
  const lines = rows.flatMap((row, at) => [row, ...figureLines(entries[at]?.figures)]);
  const none = [`${service} was never changed; its stage comes from the flag file.`];
  out.result({ service, entries, next }, entries.length ? [out.style('bold', heading), ...lines] : none);
  if (next !== null) out.note(`Older changes: switchyard audit ${service} --before ${plain(next)}`);
}

/** @param {Command} program */
export function addAudit(program) {
  const command = program
    .command('audit')
    .description(
      'show the changes of a service: when, who, what, why, how the clients fared before, and how many moved',
    )
    .argument('<service>')
    .option('--limit <n>', 'the number of changes, newest first', count, DEFAULT_LIMIT)
    .option('--before <id>', 'only changes older than the one with this id');
  withExamples(withJson(command), ['audit tasks', 'audit tasks --limit 100 --json']).action(showAudit);
}
