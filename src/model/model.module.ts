import { Module } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { ChatCompletionsClient } from './chat-completions.client.js';
import { MODEL, type ModelClient } from './model.client.js';

const IDLE_TIMEOUT_MS = 30_000;

/** Creates the model from `MODEL_URL`, `MODEL_KEY` and `MODEL_NAME`; undefined without a `MODEL_URL`. */
function configuredModel({ MODEL_URL, MODEL_KEY, MODEL_NAME }: Environment): ModelClient | undefined {
  if (!MODEL_URL) return undefined;
  return new ChatCompletionsClient({
    url: MODEL_URL,
    ...(MODEL_KEY && { key: MODEL_KEY }),
    name: MODEL_NAME ?? 'default',
    idleTimeoutMs: IDLE_TIMEOUT_MS,
  });
}

/** Provides the optional model to the services. */
@Module({ providers: [{ provide: MODEL, inject: [Environment], useFactory: configuredModel }], exports: [MODEL] })
export class ModelModule {}
