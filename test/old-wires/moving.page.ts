import { Realtime, ServiceClient, type ServiceClientOptions } from '@switchyard/client';
import type { ServiceContract, ServiceTypes, Stage } from '@switchyard/contract';
import { filter, firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { changeStage } from '../harness/stage.change.js';
import type { ToyApp } from '../toys/toy.app.js';

/** A page with our client that records the requests it makes over HTTP. */
export class MovingPage {
  readonly requests: string[] = [];
  readonly realtime: Realtime;

  constructor(
    private readonly toys: ToyApp,
    url = toys.url,
  ) {
    this.realtime = new Realtime({
      url,
      WebSocket,
      reconnect: { minMs: 10, maxMs: 50 },
      fetch: (input, init) => {
        this.requests.push(input as string);
        return fetch(input, init);
      },
    });
  }

  service<T extends ServiceTypes>(contract: ServiceContract<T>, options?: ServiceClientOptions<T>): ServiceClient<T> {
    return new ServiceClient<T>(this.realtime, contract, options);
  }

  /** Moves a service, and waits until this page has moved. */
  async move(service: string, stage: Stage, wire: string): Promise<void> {
    await changeStage(this.toys, service, { stage, force: true });
    await this.on(service, wire);
  }

  /** Resolves once the page uses this wire for the service. */
  async on(service: string, wire: string): Promise<void> {
    await firstValueFrom(this.realtime.wires$.pipe(filter((wires) => wires[service] === wire)));
  }

  close(): void {
    this.realtime.close();
  }
}
