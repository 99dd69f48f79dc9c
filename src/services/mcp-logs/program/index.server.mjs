/**
 * An MCP server over stdio whose tools search the index of the application that started it.
 *
 * It cannot read the index itself: each search is a request to its MCP client, the application, over the same pipe. So it
 * needs no port, no token and no second copy of the index.
 */
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema, ResultSchema } from '@modelcontextprotocol/sdk/types.js';

const TOOLS = [
  {
    name: 'search',
    description: 'Finds passages of the crawled and uploaded documents that fit a question, best first.',
    inputSchema: {
      type: 'object',
      properties: {
        query: { type: 'string', minLength: 1, maxLength: 1000, description: 'What to look for, in plain words.' },
        limit: { type: 'integer', minimum: 1, maximum: 20, description: 'How many passages (5).' },
        source_id: { type: 'string', description: 'The only source to be searched.' },
      },
      required: ['query'],
    },
  },
  {
    name: 'list_sources',
    description: 'Lists the sites and files that can be searched.',
    inputSchema: { type: 'object', properties: {} },
  },
];

const server = new Server({ name: 'switchyard-index', version: '0.1.0' }, { capabilities: { tools: {}, logging: {} } });

const log = (level, data) => server.sendLoggingMessage({ level, logger: 'index', data });
const ask = (method, params) => server.request({ method: `switchyard/${method}`, params }, ResultSchema);
const text = (lines) => ({ content: [{ type: 'text', text: lines.join('\n\n') }] });

async function search({ query, limit = 5, source_id }) {
  const began = performance.now();
  const { hits } = await ask('search', { query, limit, source_id });
  const took_ms = Math.round(performance.now() - began);
  await log(
    hits.length > 0 ? 'info' : 'notice',
    `search ${JSON.stringify(query)}: ${hits.length} passages in ${took_ms} ms`,
  );
  if (hits.length === 0) return text(['Nothing fits.']);
  return text(hits.map(({ title, url, heading, text }) => `# ${title}\n${url}\n${heading}\n${text}`));
}

async function listSources() {
  const { sources } = await ask('sources', {});
  await log('info', `list_sources: ${sources.length} sources`);
  return text(
    sources.map(
      ({ source_id, title, url, chunks_count }) => `${title} (${url}): ${chunks_count} passages, ${source_id}`,
    ),
  );
}

const RUN = { search, list_sources: listSources };

server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: TOOLS }));
server.setRequestHandler(CallToolRequestSchema, async ({ params: { name, arguments: given = {} } }) => {
  await log('debug', `${name} was called`);
  try {
    if (!Object.hasOwn(RUN, name)) throw new Error(`there is no tool ${name}`);
    return await RUN[name](given);
  } catch (error) {
    await log('error', `${name} failed: ${error.message}`);
    return { ...text([`Unable to run ${name}; ${error.message}`]), isError: true };
  }
});

const end = () => process.exit(0);
process.once('SIGTERM', end);
process.stdin.once('end', end);

await server.connect(new StdioServerTransport());
console.error(`INFO ready, as process ${process.pid}`);
