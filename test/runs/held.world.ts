import { tests } from '@switchyard/services';
import { ModelServer, type ModelExchange } from '../model/model.server.js';
import { call, type Server } from '../restart/busy.service.js';
import { HELD_SUITES, startHeldSuite } from '../suites/held.suite.js';
import { everyServiceRuns, uploadText, type ServiceRuns } from './service.runs.js';

/** A run that continues until it is released or ended. */
export interface HeldRun {
  readonly service: ServiceRuns;
  readonly key: string;
  /** Lets it finish. */
  letGo(server: Server): Promise<unknown>;
}

/** The calls that end a run early, by service; a query has none. */
const STOPS: Readonly<Record<string, string>> = {
  chat: 'stop_agent',
  'mcp-logs': 'stop_server',
  'project-creation': 'cancel_creation',
  research: 'stop_research',
  tests: 'cancel_execution',
};

/** The services whose runs wait for something: a model, a program, a stop call. */
const HELD = [...Object.keys(STOPS), 'query'];

/** The services whose runs can be held. */
export const heldServices = everyServiceRuns().filter(({ contract }) => HELD.includes(contract.name));

/** Holds the runs of all services under a test's control. */
export class HeldWorld {
  private constructor(
    private readonly model: ModelServer,
    private readonly suite: Awaited<ReturnType<typeof startHeldSuite>>,
  ) {}

  static async start(): Promise<HeldWorld> {
    return new HeldWorld(await ModelServer.start(), await startHeldSuite());
  }

  /** The settings to start an application with. */
  get environment(): Record<string, string> {
    return { MODEL_URL: this.model.url, TEST_SUITES_FILE: HELD_SUITES, RATE_LIMIT_MESSAGES: '0' };
  }

  /** Starts a run of each service; resolves once all of them wait. */
  async beginAll(server: Server, services: readonly ServiceRuns[] = heldServices): Promise<HeldRun[]> {
    await uploadText(server);
    const held: HeldRun[] = [];
    for (const service of services) held.push(await this.begin(service, server));
    return held;
  }

  async close(): Promise<void> {
    this.suite.close();
    await this.model.close();
  }

  private async begin(service: ServiceRuns, server: Server): Promise<HeldRun> {
    const { name } = service.contract;
    if (name === tests.name) {
      const { filter, running, end } = this.suite.next();
      const request = { suite: 'held', filter };
      const { execution_id } = await call<{ execution_id: string }>(server, tests, 'run_tests', request);
      await running;
      return { service, key: execution_id, letGo: end };
    }
    const runner = await service.start(server);
    if (name === 'mcp-logs') {
      const key = await runner.begin();
      return { service, key, letGo: () => runner.end!(key) };
    }
    const asked = this.model.next();
    const key = await runner.begin();
    const exchange = await asked;
    return { service, key, letGo: () => Promise.resolve(answer(exchange)) };
  }
}

/** Ends a run early through a server; undefined for a service without such a call. */
export function stop({ service, key }: HeldRun, server: Server): Promise<unknown> | undefined {
  const { contract } = service;
  const name = STOPS[contract.name];
  if (name === undefined || !('key' in contract.room)) return undefined;
  return call(server, contract, name, { [contract.room.key]: key });
}

function answer(exchange: ModelExchange): void {
  exchange.say('- Lay tracks').finish();
}
