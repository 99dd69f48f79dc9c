import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { RunAborted, RunLeases, Runs } from '@switchyard/server';
import { chat, type ChatMessage } from '@switchyard/services';
import type { ChatContext } from '@switchyard/services/chat/chat.dto';
import PQueue from 'p-queue';
import { ChatAgent } from './chat.agent.js';
import { ChatSessions, type ChatSession, type StoredRun } from './chat.sessions.js';
import { ChatSettings } from './chat.settings.js';
import { RunReport, type Emit } from './run.report.js';

/** The answers that this process gives: in a session one at a time, the others wait in order. */
@Injectable()
export class ChatRuns implements OnModuleDestroy {
  /** The answers that are being given, by their sessions. */
  readonly runs: Runs;
  private readonly logger = new Logger(ChatRuns.name);
  private readonly lanes = new Map<string, PQueue>();

  constructor(
    private readonly agent: ChatAgent,
    private readonly sessions: ChatSessions,
    private readonly settings: ChatSettings,
    leases: RunLeases,
  ) {
    this.runs = new Runs(leases, chat.name, { limitMs: () => settings.agentTimeoutMs });
  }

  /** Has a message answered, after those that came before it in the session; what happens goes to `emit`. */
  answer(session: ChatSession, question: ChatMessage, context: ChatContext | undefined, emit: Emit): void {
    const { session_id } = session;
    void this.lane(session_id).add(() =>
      this.runs.go(session_id, (signal) => this.give(session, question, context, signal, emit)),
    );
  }

  /** Ends a run that died with an earlier process; what it had said stays. */
  async end({ session_id, run }: StoredRun, emit: Emit): Promise<void> {
    const { run_id, agent_name, correlation_id, partial } = run;
    const step = { run_id, agent_name, ...(correlation_id !== undefined && { correlation_id }) };
    const report = new RunReport(session_id, step, this.sessions, emit, this.settings.chunkIntervalMs);
    await this.fail(report, session_id, partial, new Fault('agent.interrupted'));
  }

  /** Leaves the questions that wait; the answers that are being given are ended by the gateway. */
  onModuleDestroy(): void {
    for (const lane of this.lanes.values()) lane.clear();
  }

  private lane(session_id: string): PQueue {
    let lane = this.lanes.get(session_id);
    if (lane) return lane;
    lane = new PQueue({ concurrency: 1 });
    this.lanes.set(session_id, lane);
    lane.on('idle', () => this.lanes.delete(session_id));
    return lane;
  }

  private async give(
    { session_id, agent_type, owner }: ChatSession,
    question: ChatMessage,
    context: ChatContext | undefined,
    signal: AbortSignal,
    emit: Emit,
  ): Promise<void> {
    const { correlation_id } = question;
    const began = performance.now();
    const step = {
      run_id: randomUUID(),
      agent_name: agent_type,
      ...(correlation_id !== undefined && { correlation_id }),
    };
    const report = new RunReport(session_id, step, this.sessions, emit, this.settings.chunkIntervalMs);
    try {
      // One answer at a time is given in a session, whichever process gives it.
      await this.runs.acquire(session_id, signal);
      void emit('typing', { session_id, sender: 'agent', is_typing: true }, []);
      await report.tell('agent_started', {});
      const earlier = (await this.sessions.messages(session_id)).filter(({ id }) => id < question.id);
      const asked = {
        text: question.content,
        earlier,
        ...(context?.source_id && { source_id: context.source_id }),
        ...(owner !== undefined && { owner }),
      };
      const citations = await this.agent.answer(asked, report, signal);
      await report.said();
      const found = citations.length > 0 && { citations };
      const answer = this.sessions.message(session_id, 'agent', report.text, { agent_type, ...found });
      await report.settle(answer);
      const duration_ms = Math.round(performance.now() - began);
      await report.tell('agent_completed', { duration_ms, message_id: answer.id });
    } catch (thrown) {
      const cut = RunAborted.of(signal);
      await report.said();
      const fault = cut ? new Fault(`agent.${cut}`) : this.explain(thrown);
      await this.fail(report, session_id, report.text, fault, agent_type);
    } finally {
      void emit('typing', { session_id, sender: 'agent', is_typing: false }, []);
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
    const { code, message: error, recoverable, help } = fault;
    await report.tell('agent_error', { code, error, recoverable, help });
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
