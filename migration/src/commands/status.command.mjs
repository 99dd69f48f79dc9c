import { Failure } from '../failure/failure.mjs';
import { Session } from '../session/session.mjs';
import { movesOf } from '../stage/stage.moves.mjs';
import { detailsOf, overviewOf } from '../stage/stage.report.mjs';
import { withExamples, withJson } from './command.options.mjs';

/** @typedef {import('commander').Command} Command */
/** @typedef {import('../server/admin.api.mjs').AdminApi} AdminApi */
/** @typedef {import('../stage/stage.report.mjs').ServiceReport} ServiceReport */

/** The plan of a service, if that can be read; the stages are shown without it. @param {AdminApi} api @param {string} service */
async function planOf(api, service) {
  try {
    return await api.plan(service);
  } catch (error) {
    if (error instanceof Failure && error.code === 'store.unavailable') return undefined;
    throw error;
  }
}

/** @param {string | undefined} name @param {{ json?: boolean }} options */
async function showStatus(name, options) {
  const { api, out } = new Session(options);
  const states = name === undefined ? await api.services() : [await api.service(name)];
  const services = await Promise.all(
    states.map(
      async (state) =>
        /** @type {ServiceReport} */ ({
          ...state,
          moves: movesOf(state),
          clients: (await api.clients(state.service)) ?? null,
          plan: (await planOf(api, state.service)) ?? null,
        }),
    ),
  );
  out.result({ services }, name === undefined ? overviewOf(services, out) : detailsOf(services, out));
  if (services.some(({ clients }) => !clients)) out.note('The server does not say how many clients use each wire.');
}

/** @param {Command} program */
export function addStatus(program) {
  const command = program
    .command('status')
    .description('show the stage of every service, or everything about one')
    .argument('[service]', 'one service');
  withExamples(withJson(command), ['status', 'status tasks', 'status --json']).action(showStatus);
}
