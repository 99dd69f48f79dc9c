import { Logger } from '@nestjs/common';
import type { RedisLink } from './redis.link.js';

/** How often listeners check whether they missed anything, in ms. */
const CHECK_EVERY_MS = 5000;
/** How many channels one command subscribes to. */
const SUBSCRIBE_AT_ONCE = 1000;

/** A listener of a channel. */
export interface FeedListener {
  /** Another process published a message, which begins with the id of its node. */
  hear(message: string): void;
  /** Something may have been missed. */
  check(): void;
}

/** Receives what other processes publish, over a connection of its own. */
export class RedisFeed {
  private readonly listeners = new Map<string, Set<FeedListener>>();
  private readonly timer: NodeJS.Timeout;
  private readonly logger = new Logger('store');

  constructor(
    private readonly link: RedisLink,
    /** The id of this process in messages, so that it leaves out its own. */
    readonly node: string,
  ) {
    link.onMessage((channel, message) => this.hear(channel, message));
    link.onReturn(() => void this.resume());
    this.timer = setInterval(() => this.check(), CHECK_EVERY_MS).unref();
  }

  /** Gives the listener every message from when the promise resolves until the returned function is called. */
  async listen(channel: string, listener: FeedListener): Promise<() => void> {
    const others = this.listeners.get(channel);
    if (others) others.add(listener);
    else this.listeners.set(channel, new Set([listener]));
    try {
      await this.link.use((redis) => redis.subscribe(channel));
    } catch (error) {
      this.remove(channel, listener);
      throw error;
    }
    return () => this.remove(channel, listener);
  }

  /** Ends all listening. */
  close(): void {
    clearInterval(this.timer);
    this.listeners.clear();
  }

  private remove(channel: string, listener: FeedListener): void {
    const listeners = this.listeners.get(channel);
    listeners?.delete(listener);
    if (listeners?.size !== 0) return;
    this.listeners.delete(channel);
    // Redis forgets the subscriptions of a connection that is gone.
    if (this.link.isUp) this.link.use((redis) => redis.unsubscribe(channel)).catch(() => undefined);
  }

  private async resume(): Promise<void> {
    const channels = [...this.listeners.keys()];
    try {
      for (let at = 0; at < channels.length; at += SUBSCRIBE_AT_ONCE) {
        await this.link.use((redis) => redis.subscribe(...channels.slice(at, at + SUBSCRIBE_AT_ONCE)));
      }
    } catch {
      // The connection broke again: its next return starts over.
      return;
    }
    this.check();
  }

  private check(): void {
    if (!this.link.isUp) return;
    // A subscriber sends nothing by itself: this finds a connection that is dead and looks open.
    this.link.use((redis) => redis.subscribe(this.node)).catch(() => undefined);
    for (const listeners of this.listeners.values()) for (const listener of listeners) listener.check();
  }

  private hear(channel: string, message: string): void {
    if (message.startsWith(this.node)) return;
    for (const listener of this.listeners.get(channel) ?? []) {
      try {
        listener.hear(message);
      } catch (error) {
        // A process of another version or a stranger may have sent it: no reason to end this process.
        this.logger.error(`unable to understand what came on ${channel}; ${String(error)}`);
        listener.check();
      }
    }
  }
}
