/** The allowed numbers of an option. */
export interface NumberRange {
  min?: number;
  /** Like `min`, without the number itself. */
  above?: number;
  max?: number;
  isWhole?: boolean;
}

/** Parses the number of an option. @throws Error that names the option and what it allows */
export function numberOption(name: string, text: string, range: NumberRange): number {
  const { min = -Infinity, above = -Infinity, max = Infinity, isWhole = false } = range;
  const value = Number(text);
  const isAllowed = text.trim() !== '' && value >= min && value > above && value <= max;
  if (isAllowed && (!isWhole || Number.isSafeInteger(value))) return value;
  const from = above > -Infinity ? ` above ${above}` : ` of at least ${min}`;
  const to = max < Infinity ? ` up to ${max}` : '';
  throw new Error(`unable to begin; --${name} must be a ${isWhole ? 'whole ' : ''}number${from}${to}`);
}
