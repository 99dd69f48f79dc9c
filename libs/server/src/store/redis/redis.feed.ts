import { randomBytes } from 'node:crypto';
import type { RoomFollower } from '../store.js';
import type { RedisKeys } from './redis.keys.js';
import type { RedisLink } from './redis.link.js';

/** How often followers are asked to look whether they missed anything, in ms. */
const CHECK_EVERY_MS = 5000;
/** How many channels one command subscribes to. */
const SUBSCRIBE_AT_ONCE = 1000;
/** The parts of a message before its payload: node, epoch, offset, time, event. */
const PARTS = 5;

/** Tells rooms in this process what other processes append, over a connection of its own. */
export class RedisFeed {
  /** Who this process is in messages, so that it leaves out its own. */
  readonly node = randomBytes(6).toString('base64url');
  private readonly followers = new Map<string, Set<RoomFollower>>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly link: RedisLink,
    private readonly keys: RedisKeys,
  ) {
    link.onMessage((channel, message) => this.hear(channel, message));
    link.onReturn(() => void this.resume());
    this.timer = setInterval(() => this.check(), CHECK_EVERY_MS).unref();
  }

  /** Hands everything appended to `room` from now on to the follower; the function returned ends that. */
  async follow(room: string, follower: RoomFollower): Promise<() => void> {
    const channel = this.keys.feed(room);
    const others = this.followers.get(channel);
    if (others) others.add(follower);
    else this.followers.set(channel, new Set([follower]));
    try {
      await this.link.use((redis) => redis.subscribe(channel));
    } catch (error) {
      this.unfollow(channel, follower);
      throw error;
    }
    return () => this.unfollow(channel, follower);
  }

  /** Stops looking. */
  close(): void {
    clearInterval(this.timer);
    this.followers.clear();
  }

  private unfollow(channel: string, follower: RoomFollower): void {
    const followers = this.followers.get(channel);
    followers?.delete(follower);
    if (followers?.size !== 0) return;
    this.followers.delete(channel);
    // Redis forgets the subscriptions of a connection that is gone.
    if (this.link.isUp) this.link.use((redis) => redis.unsubscribe(channel)).catch(() => undefined);
  }

  private async resume(): Promise<void> {
    const channels = [...this.followers.keys()];
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
    for (const followers of this.followers.values()) for (const follower of followers) follower.check();
  }

  private hear(channel: string, message: string): void {
    const followers = this.followers.get(channel);
    if (!followers || message.startsWith(`${this.node}\n`)) return;
    const parts: string[] = [];
    let from = 0;
    while (parts.length < PARTS) {
      const to = message.indexOf('\n', from);
      parts.push(message.slice(from, to));
      from = to + 1;
    }
    const [, epoch, offset, at, event] = parts as [string, string, string, string, string];
    const payload = message.slice(from);
    for (const follower of followers) {
      if (epoch === '') follower.announced(event, payload);
      else follower.appended({ epoch, offset: Number(offset), event, payload, at: Number(at) });
    }
  }
}
