import type { MoveEffect } from '@switchyard/contract';
import type { DocumentStore, DocumentWrite } from '../store/store.js';

/** A collection for each change, so that a reader reads the few documents of that change only: one for each process. */
function collectionOf(audit: string): string {
  return `migration-effects ${audit}`;
}

/** The write that records what a change did in one process so far, in place of what was recorded before. */
export function effectWrite(audit: string, node: string, effect: MoveEffect): DocumentWrite {
  return { collection: collectionOf(audit), id: node, value: { ...effect } };
}

/** What a change did in all processes. @throws Fault `store.unavailable` */
export async function effectOf(documents: DocumentStore, audit: string): Promise<MoveEffect> {
  const effects = await documents.list<MoveEffect>(collectionOf(audit));
  return effects.reduce(sum, { told: 0, moved: 0 });
}

function sum(a: MoveEffect, b: MoveEffect): MoveEffect {
  const told_ms = latest(a.told_ms, b.told_ms);
  const moved_ms = latest(a.moved_ms, b.moved_ms);
  const failed = (a.failed ?? 0) + (b.failed ?? 0);
  return {
    told: a.told + b.told,
    moved: a.moved + b.moved,
    ...(failed > 0 && { failed }),
    ...(told_ms !== undefined && { told_ms }),
    ...(moved_ms !== undefined && { moved_ms }),
  };
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}
