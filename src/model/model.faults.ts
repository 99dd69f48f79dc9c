import { defineFaults, type FaultKind } from '@switchyard/contract';

/** The fault codes of models. */
export type ModelFaultCode =
  'model.timeout' | 'model.token_limit' | 'model.connection' | 'model.rate_limit' | 'model.llm_error';

const FAULTS: Record<ModelFaultCode, FaultKind> = {
  'model.timeout': {
    status: 503,
    recoverable: true,
    message: 'unable to get an answer from the model; it fell silent',
    help: 'Ask again in a moment.',
  },
  'model.token_limit': {
    status: 413,
    recoverable: false,
    message: 'unable to get the whole answer from the model; it is too long',
    help: 'Ask for less at once, or start a new session.',
  },
  'model.connection': {
    status: 503,
    recoverable: true,
    message: 'unable to get an answer from the model; the connection failed',
    help: 'Ask again in a moment.',
  },
  'model.rate_limit': {
    status: 429,
    recoverable: true,
    message: 'unable to get an answer from the model; it takes no more for now',
    help: 'Ask again in a minute.',
  },
  'model.llm_error': {
    status: 503,
    recoverable: true,
    message: 'unable to get an answer from the model; it met an error',
    help: 'Ask again; if it persists, tell the operator.',
  },
};

defineFaults(FAULTS);
