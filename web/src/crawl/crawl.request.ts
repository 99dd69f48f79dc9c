/** The form's raw input. */
export interface CrawlInput {
  url: string;
  max_pages: string;
  max_depth: string;
}

/** A valid crawl request. */
export interface CrawlRequest {
  url: string;
  max_pages: number;
  max_depth: number;
}

/** The errors by field name. */
export type InputProblems = Partial<Record<keyof CrawlInput, string>>;

/** The server's limits, which are authoritative. */
export const BOUNDS = { max_pages: { min: 1, max: 10_000 }, max_depth: { min: 0, max: 20 } } as const;

const URL_LENGTH = 2048;

/** Validates the form into a request or errors. */
export function readInput(input: CrawlInput): { request: CrawlRequest } | { problems: InputProblems } {
  const url = input.url.trim();
  const max_pages = whole(input.max_pages);
  const max_depth = whole(input.max_depth);
  const problems: InputProblems = {
    ...(urlProblem(url) && { url: urlProblem(url) }),
    ...(!within(max_pages, BOUNDS.max_pages) && { max_pages: ask(BOUNDS.max_pages) }),
    ...(!within(max_depth, BOUNDS.max_depth) && { max_depth: ask(BOUNDS.max_depth) }),
  };
  return Object.keys(problems).length > 0 ? { problems } : { request: { url, max_pages, max_depth } };
}

function urlProblem(url: string): string | undefined {
  if (url === '') return 'Enter the address of a page.';
  if (!/^https?:\/\/./i.test(url) || !URL.canParse(url))
    return 'Enter a whole address that begins with http:// or https://.';
  if (url.length > URL_LENGTH) return `Enter an address of at most ${URL_LENGTH} characters.`;
  return undefined;
}

function whole(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : NaN;
}

function within(value: number, { min, max }: { min: number; max: number }): boolean {
  return value >= min && value <= max;
}

function ask({ min, max }: { min: number; max: number }): string {
  return `Enter a whole number from ${min} to ${max}.`;
}
