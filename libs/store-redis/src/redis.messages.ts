import type { MessageBus } from '@switchyard/server/store';
import type { RedisFeed } from './redis.feed.js';
import type { RedisKeys } from './redis.keys.js';
import type { RedisLink } from './redis.link.js';

/** Texts between processes over Redis's channels. */
export class RedisMessages implements MessageBus {
  constructor(
    private readonly link: RedisLink,
    private readonly keys: RedisKeys,
    private readonly feed: RedisFeed,
  ) {}

  send(address: string, text: string): Promise<number> {
    // Without a node in front, this process hears it as well.
    return this.link.use((redis) => redis.publish(this.keys.messages(address), `\n${text}`));
  }

  listen(address: string, heard: (text: string) => void): Promise<() => void> {
    return this.feed.listen(this.keys.messages(address), {
      hear: (message) => heard(message.slice(message.indexOf('\n') + 1)),
      check: () => undefined,
    });
  }
}
