/** The colour of a status. */
type Tone = 'calm' | 'busy' | 'good' | 'warn' | 'bad';

/** The label and colour of a status. */
export type StatusWord = readonly [label: string, tone: Tone];

/** The labels and colours of several statuses. */
export type StatusWords<S extends string> = Readonly<Record<S, StatusWord>>;
