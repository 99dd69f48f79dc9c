/** The errors of a Redis that answers and takes no writes, with an explanation for people. */
const REFUSALS: readonly (readonly [sign: string, reason: string])[] = [
  [
    'OOM command not allowed',
    'Redis has used up its maxmemory and takes no writes; raise maxmemory or remove what is not needed, and all goes on by itself.',
  ],
  [
    'MISCONF',
    'Redis cannot save to its disk and takes no writes; free some space there or see its log, and all goes on by itself.',
  ],
  [
    'NOREPLICAS',
    'Redis misses the replicas it has to have (min-replicas-to-write) and takes no writes; start them, and all goes on by itself.',
  ],
];

/** Why Redis takes no writes and what to do about it; undefined for other errors. */
export function refusalOf(error: unknown): string | undefined {
  const { message } = error as Error;
  return REFUSALS.find(([sign]) => message.includes(sign))?.[1];
}
