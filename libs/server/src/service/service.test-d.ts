import { defineService } from '@switchyard/contract';
import { BaseRoomService } from './base-room.service.js';
import { Call, type CallDescriptor, type CallMismatch } from './call.decorator.js';
import { ServiceGateway } from './service-gateway.decorator.js';
import type { RoomView } from '../room/room.view.js';
import type { Caller } from '../caller/caller.js';

class Rename {
  id: string;
  title: string;
}

class Other {
  unrelated: number;
}

interface FileTypes {
  room: { id: string };
  calls: { rename: { payload: Rename; reply: { title: string } } };
  events: { renamed: { id: string; title: string } };
  snapshot: { title: string };
}

const definition = {
  name: 'files',
  kind: 'state',
  room: { prefix: 'file', key: 'id' },
  join: 'join_file',
  leave: 'leave_file',
  snapshot: 'renamed',
  calls: { rename: {} },
  events: { renamed: {} },
} as const;
const files = defineService<FileTypes>()(definition);

// @ts-expect-error a room key that is not of the room
defineService<FileTypes>()({ ...definition, room: { prefix: 'file', key: 'file_id' } });
// @ts-expect-error a call that has no types
defineService<FileTypes>()({ ...definition, calls: { rename: {}, remove: {} } });
// @ts-expect-error a call that is not declared
defineService<FileTypes>()({ ...definition, calls: {} });
// @ts-expect-error an event that is not declared
defineService<FileTypes>()({ ...definition, events: {} });

export class FilesGateway extends BaseRoomService<typeof files> {
  override snapshot(key: string) {
    return { title: key };
  }

  @Call('rename')
  async rename({ id, title }: Rename, _caller: Caller) {
    await this.publish(id, 'renamed', { id, title });
    // @ts-expect-error an event the contract does not have
    await this.publish(id, 'removed', { id, title });
    // @ts-expect-error a payload that is not the event's
    await this.publish(id, 'renamed', { id });
    // @ts-expect-error a key that is no text
    await this.commit(7, 'renamed', { id, title });
    return { title };
  }
}

export class WrongName extends BaseRoomService<typeof files> {
  override snapshot(key: string) {
    return { title: key };
  }

  // @ts-expect-error a call the contract does not have
  @Call('remove')
  remove(_payload: Rename) {
    return { title: '' };
  }
}

export class WrongPayload extends BaseRoomService<typeof files> {
  override snapshot(key: string) {
    return { title: key };
  }

  // @ts-expect-error another call's payload
  @Call('rename')
  rename(_payload: Other) {
    return { title: '' };
  }
}

export class WrongReply extends BaseRoomService<typeof files> {
  override snapshot(key: string) {
    return { title: key };
  }

  // @ts-expect-error a reply that is not the call's
  @Call('rename')
  rename(_payload: Rename) {
    return { name: '' };
  }
}

/** What the compiler says of a method under `@Call(N)`. */
type ProblemOf<N extends string, M> =
  CallDescriptor<FileTypes, N, M> extends CallMismatch<infer Problem, unknown> ? Problem : 'none';

export const problems: [
  ProblemOf<'rename', (payload: Rename, caller: Caller) => { title: string }>,
  ProblemOf<'rename', (payload: Rename) => { title: string } | Promise<{ title: string }>>,
  ProblemOf<'remove', (payload: Rename) => { title: string }>,
  ProblemOf<'rename', (payload: Other) => { title: string }>,
  ProblemOf<'rename', (payload: Rename) => Promise<{ name: string }>>,
  ProblemOf<'rename', (payload: Rename, caller: Other) => { title: string }>,
  ProblemOf<'rename', string>,
] = [
  'none',
  'none',
  'the contract has no call "remove"',
  'the first parameter of the handler of "rename" must take the payload of the contract',
  'the handler of "rename" must return the reply of the contract',
  'the handler of "rename" is called with the payload and the caller',
  'the handler of "rename" must be a method',
];

export class WrongSnapshot extends BaseRoomService<typeof files> {
  // @ts-expect-error a snapshot that is not the service's
  override snapshot(_key: string) {
    return { name: '' };
  }
}

class FileFilter {
  since_day?: string;
}

interface FilteredTypes extends FileTypes {
  join: FileFilter;
}

const filtered = defineService<FilteredTypes>()(definition);

ServiceGateway(files);
ServiceGateway(filtered, { join: FileFilter });
// @ts-expect-error the class that the options of a join are validated against is missing
ServiceGateway(filtered);
// @ts-expect-error the class of other options
ServiceGateway(filtered, { join: Other });
// @ts-expect-error joins of this service have no options
ServiceGateway(files, { join: FileFilter });

export class FilteredGateway extends BaseRoomService<typeof filtered> {
  override snapshot(key: string, { caller, options }: RoomView<FileFilter>) {
    return { title: `${key} of ${caller.key} since ${options.since_day ?? 'ever'}` };
  }

  @Call('rename')
  rename({ title }: Rename) {
    return { title };
  }
}

export class WrongOptions extends BaseRoomService<typeof filtered> {
  // @ts-expect-error options that a join of this service does not have
  override snapshot(_key: string, { options }: RoomView<Other>) {
    return { title: String(options.unrelated) };
  }
}
