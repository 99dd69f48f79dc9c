/** Returns what is wrong with the value of a setting, each as the end of a sentence that begins with the name; empty when nothing is. */
export type SettingRule = (value: unknown, name: string) => readonly string[];

/** A rule that says what the value must be. */
function must(be: string, accepts: (value: unknown) => boolean): SettingRule {
  return (value, name) => (accepts(value) ? [] : [`${name} must be ${be}`]);
}

/** A time in milliseconds. */
export const milliseconds = (least: number): SettingRule =>
  must(`a number of milliseconds, ${least} or more`, (value) => isNumber(value) && value >= least);

/** A whole number from 0, which turns the limit off. */
export const limitOf = (counted: string): SettingRule =>
  must(
    `a whole number of ${counted}, 0 for no limit`,
    (value) => isNumber(value) && Number.isInteger(value) && value >= 0,
  );

/** A number in a range. */
export const between = (least: number, most: number): SettingRule =>
  must(
    most === Infinity ? `a number, ${least} or more` : `a number from ${least} to ${most}`,
    (value) => isNumber(value) && value >= least && value <= most,
  );

/** A function; `purpose` says what it does. */
export const aFunction = (purpose: string): SettingRule =>
  must(`a function that ${purpose}`, (value) => typeof value === 'function');

/** A text with at least one character. */
export const text: SettingRule = must('a text that is not empty', (value) => typeof value === 'string' && value !== '');

/** A boolean. */
export const flag: SettingRule = must('true or false', (value) => typeof value === 'boolean');

/** An object that has these methods. */
export const objectWith = (kind: string, ...methods: readonly string[]): SettingRule =>
  must(kind, (value) => isObject(value) && methods.every((method) => typeof value[method] === 'function'));

/** A limit and the time it is counted in. */
export const rate: SettingRule = (value, name) => {
  if (!isObject(value)) return [`${name} must be { limit, window_ms }`];
  const strangers = Object.keys(value).filter((key) => key !== 'limit' && key !== 'window_ms');
  return [
    ...limitOf('messages')(value.limit, `${name}.limit`),
    ...milliseconds(1)(value.window_ms, `${name}.window_ms`),
    ...strangers.map((key) => `${name}.${key} is no setting; a rate is { limit, window_ms }`),
  ];
};

/** An object whose values all pass a rule. */
export const each =
  (rule: SettingRule): SettingRule =>
  (value, name) =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, entry]) => rule(entry, `${name}.${key}`))
      : [`${name} must be an object`];

/** Any finite number. */
export const aNumber: SettingRule = must('a number', isNumber);

/** Whether a value is an object with fields. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
