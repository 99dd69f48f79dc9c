import { Logger } from '@nestjs/common';
import type { RedisLink } from './redis.link.js';

/** How often listeners are asked to look whether they missed anything, in ms. */
const CHECK_EVERY_MS = 5000;
/** How many channels one command subscribes to. */
const SUBSCRIBE_AT_ONCE = 1000;

/** Who listens to a channel. */
export interface FeedListener {
  /** Another process published; messages begin with the node they are from. */
  hear(message: string): void;
  /** Something may have been missed. */
  check(): void;
}

/** Tells this process what others publish, over a connection of its own. */
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

  /** Hands the listener everything that is published from when the promise resolves; the function returned ends that. */
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

  /** Listens no more. */
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
      // The connection broke again: its next return begins anew.
      return;
    }
    this.check();
  }

  private check(): void {
    if (!this.link.isUp) return;
    // A subscriber says nothing by itself: this is how a connection is found out that is dead and looks open.
    this.link.use((redis) => redis.subscribe(this.node)).catch(() => undefined);
    for (const listeners of this.listeners.values()) for (const listener of listeners) listener.check();
  }

  private hear(channel: string, message: string): void {
    if (message.startsWith(this.node)) return;
    for (const listener of this.listeners.get(channel) ?? []) {
      try {
        listener.hear(message);
      } catch (error) {
        // It may be from a process of another version, or from somebody else: no reason to end this one.
        this.logger.error(`unable to understand what came on ${channel}; ${String(error)}`);
        listener.check();
      }
    }
  }
}
