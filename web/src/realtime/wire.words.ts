import type { WireName } from '@switchyard/client';
import type { MoveNote } from './move.note.js';

const WORDS: Readonly<Record<WireName, string>> = {
  legacy: 'the old wire',
  multiplex: 'the shared old wire',
  root: 'the old root namespace',
  socketio: 'Socket.IO',
  sse: 'server-sent events',
  polling: 'polling',
};

/** A wire in words; an unknown one by its name. */
export function wireWord(wire: WireName): string {
  return WORDS[wire] ?? wire;
}

/** The sentence about a move. */
export function moveSentence(service: string, { to, isMade }: MoveNote): string {
  return isMade ? `${service} is now on ${wireWord(to)}` : `${service} moves to ${wireWord(to)}`;
}
