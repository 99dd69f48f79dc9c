import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { Cluster } from '../store/cluster.js';

/** How long the other processes may take to answer, in ms; one that is dead never does. */
const ANSWER_WITHIN_MS = 2000;
/** The address where every process hears questions. */
const QUESTIONS = 'questions';

/** A question to every process; `from` is the process that asks. */
interface Question {
  id: string;
  from: string;
  name: string;
  about: unknown;
}

/** The answer of one process; without `answer` it only says that none will come. */
interface Answer {
  id: string;
  answer?: unknown;
}

/** Asks all other processes of the cluster and collects their answers. */
export class ClusterQuestions {
  private readonly logger = new Logger('cluster');
  private readonly answerers = new Map<string, (about: unknown) => unknown>();
  private readonly asked = new Map<string, (answer: Answer) => void>();

  constructor(private readonly cluster: Pick<Cluster, 'node' | 'messages'>) {}

  /** Hears questions and answers from now on. @throws Fault `store.unavailable` */
  async start(): Promise<void> {
    const { node, messages } = this.cluster;
    await messages.listen(answersTo(node.id), (text) => this.hear(JSON.parse(text) as Answer));
    await messages.listen(QUESTIONS, (text) => void this.reply(JSON.parse(text) as Question));
  }

  /** Answers the questions of this name; both sides are plain JSON. */
  answer<Q, A>(name: string, answer: (about: Q) => A | Promise<A>): void {
    this.answerers.set(name, answer as (about: unknown) => unknown);
  }

  /** The answers of the other processes that answer in time: none while the store is away. */
  ask<A>(name: string, about: unknown): Promise<A[]> {
    const { node, messages } = this.cluster;
    const question: Question = { id: randomUUID(), from: node.id, name, about };
    return new Promise((resolve) => {
      const answers: A[] = [];
      let [heard, expected] = [0, Infinity];
      const end = () => {
        clearTimeout(timer);
        this.asked.delete(question.id);
        resolve(answers);
      };
      const timer = setTimeout(end, ANSWER_WITHIN_MS);
      this.asked.set(question.id, ({ answer }) => {
        if (answer !== undefined) answers.push(answer as A);
        heard += 1;
        if (heard >= expected) end();
      });
      messages.send(QUESTIONS, JSON.stringify(question)).then((count) => {
        expected = count;
        if (heard >= expected) end();
      }, end);
    });
  }

  private hear(answer: Answer): void {
    this.asked.get(answer.id)?.(answer);
  }

  private async reply(question: Question): Promise<void> {
    const { node, messages } = this.cluster;
    // A process hears its own question too, and counts itself as answered.
    if (question.from === node.id) return this.hear({ id: question.id });
    const text = await this.textOfAnswer(question);
    await messages.send(answersTo(question.from), text).catch(() => undefined);
  }

  private async textOfAnswer({ id, name, about }: Question): Promise<string> {
    try {
      const answer: unknown = await this.answerers.get(name)?.(about);
      return JSON.stringify({ id, answer } satisfies Answer);
    } catch (error) {
      this.logger.error(`unable to answer the question ${name}; ${String(error)}`);
      return JSON.stringify({ id } satisfies Answer);
    }
  }
}

function answersTo(node: string): string {
  return `answers:${node}`;
}
