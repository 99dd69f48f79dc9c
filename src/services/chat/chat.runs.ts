import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { RunLeases } from '@switchyard/server';
import { chat, type ChatMessage } from '@switchyard/services';
import type { ChatContext } from '@switchyard/services/chat/chat.dto';
import PQueue from 'p-queue';
import { ChatAgent } from './chat.agent.js';
import { ChatSessions, type ChatSession, type StoredRun } from './chat.sessions.js';
import { ChatSettings } from './chat.settings.js';
import { RunReport, type Emit } from './run.report.js';

/** The answers of one session: one is given at a time, the others wait in order. */
interface Lane {
  queue: PQueue;
  running?: AbortController;
}

/** The answers that this process gives. */
@Injectable()
export class ChatRuns implements OnModuleDestroy {
  private readonly logger = new Logger(ChatRuns.name);
  private readonly lanes = new Map<string, Lane>();

  constructor(
    private readonly agent: ChatAgent,
    private readonly sessions: ChatSessions,
    private readonly settings: ChatSettings,
    private readonly leases: RunLeases,
  ) {}

  /** Has a message answered, after those that came before it in the session; what happens goes to `emit`. */
  answer(session: ChatSession, question: ChatMessage, context: ChatContext | undefined, emit: Emit): void {
    const lane = this.lane(session.session_id);
    lane.queue
      .add(() => this.run(lane, session, question, context, emit))
      .catch((error: unknown) => this.logger.error(error));
  }

  /** Stops the answer being given; false when there is none. */
  stop(session_id: string): boolean {
    const running = this.lanes.get(session_id)?.running;
    running?.abort(new Fault('agent.stopped'));
    return running !== undefined;
  }

  /** Ends a run that died with an earlier process; what it had said stays. */
  async end({ session_id, run }: StoredRun, emit: Emit): Promise<void> {
    const { run_id, agent_name, correlation_id, partial } = run;
    const step = { run_id, agent_name, ...(correlation_id !== undefined && { correlation_id }) };
    const report = new RunReport(session_id, step, this.sessions, emit, this.settings.chunkIntervalMs);
    await this.fail(report, session_id, partial, new Fault('agent.interrupted'));
  }

  async onModuleDestroy(): Promise<void> {
    const lanes = [...this.lanes.values()];
    for (const { queue, running } of lanes) {
      queue.clear();
      running?.abort(new Fault('agent.interrupted'));
    }
    await Promise.all(lanes.map(({ queue }) => queue.onIdle()));
  }

  private lane(session_id: string): Lane {
    let lane = this.lanes.get(session_id);
    if (lane) return lane;
    lane = { queue: new PQueue({ concurrency: 1 }) };
    this.lanes.set(session_id, lane);
    lane.queue.on('idle', () => this.lanes.delete(session_id));
    return lane;
  }

  private async run(
    lane: Lane,
    { session_id, agent_type, owner }: ChatSession,
    question: ChatMessage,
    context: ChatContext | undefined,
    emit: Emit,
  ): Promise<void> {
    const { correlation_id } = question;
    const { agentTimeoutMs, chunkIntervalMs } = this.settings;
    const began = performance.now();
    const running = (lane.running = new AbortController());
    const timer = setTimeout(() => running.abort(new Fault('agent.timeout')), agentTimeoutMs);
    const step = {
      run_id: randomUUID(),
      agent_name: agent_type,
      ...(correlation_id !== undefined && { correlation_id }),
    };
    const report = new RunReport(session_id, step, this.sessions, emit, chunkIntervalMs);
    try {
      // One answer at a time is given in a session, whichever process gives it.
      await this.leases.acquire(chat.name, session_id, running.signal);
      void emit('typing', { session_id, sender: 'agent', is_typing: true }, []);
      await report.tell('agent_started', {});
      const earlier = (await this.sessions.messages(session_id)).filter(({ id }) => id < question.id);
      const asked = {
        text: question.content,
        earlier,
        ...(context?.source_id && { source_id: context.source_id }),
        ...(owner !== undefined && { owner }),
      };
      const citations = await this.agent.answer(asked, report, running.signal);
      await report.said();
      const found = citations.length > 0 && { citations };
      const answer = this.sessions.message(session_id, 'agent', report.text, { agent_type, ...found });
      await report.settle(answer);
      const duration_ms = Math.round(performance.now() - began);
      await report.tell('agent_completed', { duration_ms, message_id: answer.id });
    } catch (thrown) {
      const cause: unknown = running.signal.aborted ? running.signal.reason : thrown;
      await report.said();
      await this.fail(report, session_id, report.text, this.explain(cause), agent_type);
    } finally {
      clearTimeout(timer);
      delete lane.running;
      void emit('typing', { session_id, sender: 'agent', is_typing: false }, []);
      this.leases.leave(chat.name, session_id);
    }
  }

  /** Ends a run without an answer; what was said of it already stays as a message, since people have read it. */
  private async fail(
    report: RunReport,
    session_id: string,
    said: string,
    fault: Fault,
    agent_type?: string,
  ): Promise<void> {
    const more = agent_type !== undefined && { agent_type };
    if (said !== '') await report.settle(this.sessions.message(session_id, 'agent', said, { ...more }));
    const { code, message: error, recoverable } = fault;
    await report.tell('agent_error', { code, error, recoverable });
  }

  private explain(cause: unknown): Fault {
    if (cause instanceof Fault) {
      if (cause.cause instanceof Error) this.logger.warn(`${cause.message}: ${cause.cause.message}`);
      return cause;
    }
    this.logger.error(cause);
    return new Fault('agent.failed', undefined, { cause });
  }
}
