import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { KeyedSerialQueue, RunAborted, RunLeases, Runs } from '@switchyard/server';
import { chat, type ChatMessage, type RunStep } from '@switchyard/services';
import type { ChatContext } from '@switchyard/services/chat/chat.dto';
import { ChatAgent } from './chat.agent.js';
import { ChatReporter, type Publish } from './chat.reporter.js';
import { ChatStore, type ChatSession, type StoredRun } from './chat.store.js';
import { ChatSettings } from './chat.settings.js';

/** Answers the messages of each session with the agent, one after another. */
@Injectable()
export class ChatWorker {
  /** The answers of this process, by their sessions. */
  readonly runs: Runs;
  private readonly logger = new Logger(ChatWorker.name);
  /** The questions that wait, by their sessions. */
  private readonly questions = new KeyedSerialQueue();

  constructor(
    private readonly agent: ChatAgent,
    private readonly store: ChatStore,
    private readonly settings: ChatSettings,
    leases: RunLeases,
  ) {
    this.runs = new Runs(leases, chat.name, { limitMs: () => settings.agentTimeoutMs });
  }

  /** Answers a message after the earlier messages of the session. */
  answer(session: ChatSession, question: ChatMessage, context: ChatContext | undefined, publish: Publish): void {
    const { session_id } = session;
    void this.questions.run(session_id, () =>
      this.runs.run(session_id, (signal) => this.work(session, question, context, signal, publish)),
    );
  }

  /** Ends an answer whose process died, and keeps the text so far as a message. */
  async endOrphan({ session_id, run }: StoredRun, publish: Publish): Promise<void> {
    const { run_id, agent_name, correlation_id, partial } = run;
    const step = stepOf(run_id, agent_name, correlation_id);
    await this.fail(this.reporter(session_id, step, publish), session_id, partial, new Fault('agent.interrupted'));
  }

  private reporter(session_id: string, step: RunStep, publish: Publish): ChatReporter {
    return new ChatReporter(session_id, step, this.store, publish, this.settings.chunkIntervalMs);
  }

  private async work(
    { session_id, agent_type, owner }: ChatSession,
    question: ChatMessage,
    context: ChatContext | undefined,
    signal: AbortSignal,
    publish: Publish,
  ): Promise<void> {
    const began = performance.now();
    const step = stepOf(randomUUID(), agent_type, question.correlation_id);
    const reporter = this.reporter(session_id, step, publish);
    try {
      // Another process may still be giving an answer in this session.
      await this.runs.acquire(session_id, signal);
      void publish('typing', { session_id, sender: 'agent', is_typing: true }, []);
      await reporter.step('agent_started', {});
      const earlier = (await this.store.messages(session_id)).filter(({ id }) => id < question.id);
      const asked = {
        text: question.content,
        earlier,
        ...(context?.source_id && { source_id: context.source_id }),
        ...(owner !== undefined && { owner }),
      };
      const citations = await this.agent.answer(asked, reporter, signal);
      await reporter.flush();
      const found = citations.length > 0 && { citations };
      const answer = this.store.message(session_id, 'agent', reporter.text, { agent_type, ...found });
      await reporter.publishMessage(answer);
      const duration_ms = Math.round(performance.now() - began);
      await reporter.step('agent_completed', { duration_ms, message_id: answer.id });
    } catch (thrown) {
      const reason = RunAborted.of(signal);
      await reporter.flush();
      const fault = reason ? new Fault(`agent.${reason}`) : this.faultOf(thrown);
      await this.fail(reporter, session_id, reporter.text, fault, agent_type);
    } finally {
      void publish('typing', { session_id, sender: 'agent', is_typing: false }, []);
    }
  }

  /** Ends an answer as failed, and keeps the text so far as a message, because people have read it. */
  private async fail(
    reporter: ChatReporter,
    session_id: string,
    text: string,
    fault: Fault,
    agent_type?: string,
  ): Promise<void> {
    const more = agent_type !== undefined && { agent_type };
    if (text !== '') await reporter.publishMessage(this.store.message(session_id, 'agent', text, { ...more }));
    const { code, message: error, recoverable, help } = fault;
    await reporter.step('agent_error', { code, error, recoverable, help });
  }

  private faultOf(cause: unknown): Fault {
    if (cause instanceof Fault) {
      if (cause.cause instanceof Error) this.logger.warn(`${cause.message}: ${cause.cause.message}`);
      return cause;
    }
    this.logger.error(cause);
    return new Fault('agent.failed', undefined, { cause });
  }
}

function stepOf(run_id: string, agent_name: string, correlation_id: string | undefined): RunStep {
  return { run_id, agent_name, ...(correlation_id !== undefined && { correlation_id }) };
}
