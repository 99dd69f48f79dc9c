import { CONTROL_EVENTS, type ControlMessage } from '@switchyard/contract';

/** The control message in an event of a wire; undefined for other events, and for one without content. */
export function controlMessage(event: string, payload: unknown): ControlMessage | undefined {
  const isControl = (CONTROL_EVENTS as readonly string[]).includes(event) && typeof payload === 'object' && payload;
  return isControl ? ({ event, payload } as ControlMessage) : undefined;
}
