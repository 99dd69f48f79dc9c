const REDACTED = '[redacted]';

/** A value as it is written after a name: in quotes, or up to what ends it. */
const VALUE = String.raw`(?:\\+"[^"\\]*\\+"|"[^"]*"|'[^']*'|[^\s"',;&}\]]+)`;
const SECRET_NAME =
  'api[_-]?key|access[_-]?key|private[_-]?key|secret|token|passw(?:or)?d|passwd|pwd|credentials?|cookie|session[_-]?id';

/** What is a secret by its form, and what of it may stay. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs, REDACTED],
  // A line of a key in PEM, whose beginning was not seen.
  [/^[A-Za-z0-9+/]{64}$/g, REDACTED],
  [/\b(authorization["']?\s*[:=]\s*["']?)(?:(basic|bearer|digest|token)\s+)?[^\s"',;]+/gi, `$1$2 ${REDACTED}`],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${REDACTED}`],
  [new RegExp(String.raw`\b([\w-]{0,40}?(?:${SECRET_NAME})\\*["']?\s*[:=]\s*)${VALUE}`, 'gi'), `$1${REDACTED}`],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g, REDACTED],
  [/\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}/g, REDACTED],
  [/\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|npm_)[A-Za-z0-9_-]{10,}/g, REDACTED],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, REDACTED],
  [/\bAIza[\w-]{30,}/g, REDACTED],
  [/([a-z][a-z\d+.-]{0,20}:\/\/)[^\s/]+@/gi, `$1${REDACTED}@`],
];

const KEY_BEGINS = /-----BEGIN [A-Z ]*PRIVATE KEY-----(?!.*-----END)/s;
/** What the further lines of a key are: its headers, its text, and its end. */
const KEY_GOES_ON = /^(?:[A-Za-z0-9+/=]*|(?:Proc-Type|DEK-Info): .*|-----END [A-Z ]*PRIVATE KEY-----)$/;
/** Only the last line of a key's text is shorter. */
const SHORTEST_KEY_LINE = 48;

/** Shorter ones would redact words that only look alike. */
const SHORTEST_SECRET = 6;

/** Takes secrets out of lines that everybody may read: those it is told, and whatever looks like one. */
export class LogRedaction {
  private readonly known: readonly string[];
  /** The sources that are in the middle of a key. */
  private readonly inKey = new Set<string>();

  constructor(secrets: readonly string[] = []) {
    this.known = secrets.filter(({ length }) => length >= SHORTEST_SECRET);
  }

  /** The line without its secrets; a key may go on over several lines of one source. */
  redact(line: string, source = ''): string {
    const isKey = this.inKey.has(source) && KEY_GOES_ON.test(line);
    if (!isKey || (line !== '' && line.length < SHORTEST_KEY_LINE)) this.inKey.delete(source);
    if (isKey) return REDACTED;
    if (KEY_BEGINS.test(line)) this.inKey.add(source);
    const told = this.known.reduce((text, secret) => text.replaceAll(secret, REDACTED), line);
    return RULES.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), told);
  }
}
