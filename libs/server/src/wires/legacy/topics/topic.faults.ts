import { defineFaults, Fault } from '@switchyard/contract';

defineFaults({
  'topic.unknown': {
    status: 404,
    recoverable: false,
    message: 'unable to subscribe; no service has this topic',
    help: 'Check the topic against the documentation of the old wire.',
  },
  'topic.limit': {
    status: 429,
    recoverable: true,
    message: 'unable to subscribe; the connection has too many topics',
    help: 'Unsubscribe from topics first, or open another connection.',
  },
});

/** Makes a fault about topics; a bundler that drops unused files keeps the kinds with it. */
export function topicFault(code: 'topic.limit' | 'topic.unknown', details?: Record<string, unknown>): Fault {
  return new Fault(code, details);
}
