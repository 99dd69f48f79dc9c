/** How a status looks. */
type Tone = 'calm' | 'busy' | 'good' | 'warn' | 'bad';

/** What a status is called, and how it looks. */
export type StatusWord = readonly [label: string, tone: Tone];

/** The words for each of several statuses. */
export type StatusWords<S extends string> = Readonly<Record<S, StatusWord>>;
