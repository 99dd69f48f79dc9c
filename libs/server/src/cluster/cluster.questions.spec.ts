import { Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import type { Cluster, MessageBus } from '../store/cluster.js';
import { ClusterQuestions } from './cluster.questions.js';

/** A bus of processes that share one memory; `isAway` refuses every text. */
class LocalBus implements MessageBus {
  isAway = false;
  private readonly listeners = new Map<string, Set<(text: string) => void>>();

  send(address: string, text: string): Promise<number> {
    if (this.isAway) return Promise.reject(new Fault('store.unavailable'));
    const heard = [...(this.listeners.get(address) ?? [])];
    for (const listener of heard) setImmediate(listener, text);
    return Promise.resolve(heard.length);
  }

  listen(address: string, heard: (text: string) => void): Promise<() => void> {
    const listeners = this.listeners.get(address) ?? new Set();
    this.listeners.set(address, listeners.add(heard));
    return Promise.resolve(() => void listeners.delete(heard));
  }
}

describe('a question to the other processes of a cluster', () => {
  let bus: LocalBus;
  let nodes: ClusterQuestions[];
  beforeEach(async () => {
    bus = new LocalBus();
    nodes = ['a', 'b', 'c'].map(
      (id) => new ClusterQuestions({ messages: bus, node: { id } as Cluster['node'] } satisfies Partial<Cluster>),
    );
    await Promise.all(nodes.map((node) => node.start()));
  });
  afterEach(() => {
    jest.useRealTimers();
    Logger.overrideLogger(true);
  });

  it('returns the answers of the others, and not its own, as soon as all have come', async () => {
    nodes.forEach((node, at) => node.answer('where', (about: string) => Promise.resolve(`${about} ${at}`)));
    expect((await nodes[0]!.ask<string>('where', 'at')).sort()).toEqual(['at 1', 'at 2']);
  });

  it('has no answer from a process that does not know it, or that returns nothing', async () => {
    nodes[1]!.answer('known to one', () => undefined);
    expect(await nodes[0]!.ask('known to one', {})).toEqual([]);
  });

  it('returns the answers of the others when one process is silent', async () => {
    nodes[1]!.answer('who', () => 'b');
    nodes[2]!.answer('who', () => new Promise(() => undefined));
    expect(await nodes[0]!.ask('who', {})).toEqual(['b']);
  });

  it('has no answer from a process that fails to answer, and does not wait for it', async () => {
    Logger.overrideLogger(false);
    // With a clock that stands still, the question ends only when all have answered.
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    nodes[1]!.answer('who', () => Promise.reject(new Error('broken')));
    nodes[2]!.answer('who', () => 'c');
    expect(await nodes[0]!.ask('who', {})).toEqual(['c']);
  });

  it('has no answer while the store is away', async () => {
    nodes[1]!.answer('who', () => 'b');
    bus.isAway = true;
    expect(await nodes[0]!.ask('who', {})).toEqual([]);
  });
});
