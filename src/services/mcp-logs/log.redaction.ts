const REDACTED = '[redacted]';

/** The value after a name: a text in quotes, or everything up to the next separator. */
const VALUE = String.raw`(?:\\+"[^"\\]*\\+"|"[^"]*"|'[^']*'|[^\s"',;&}\]]+)`;
const SECRET_NAME =
  'api[_-]?key|access[_-]?key|private[_-]?key|secret|token|passw(?:or)?d|passwd|pwd|credentials?|cookie|session[_-]?id';

/** The patterns of secrets, each with its replacement. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs, REDACTED],
  // A line of a PEM key whose first line is not in the log.
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
/** A further line of a key: a header, a piece of its text, or its end. */
const KEY_CONTINUES = /^(?:[A-Za-z0-9+/=]*|(?:Proc-Type|DEK-Info): .*|-----END [A-Z ]*PRIVATE KEY-----)$/;
/** Only the last line of a key's text is shorter. */
const MIN_KEY_LINE_LENGTH = 48;

/** A shorter secret would also redact ordinary words. */
const MIN_SECRET_LENGTH = 6;

/** Removes secrets from public log lines: the given secrets, and everything that looks like a secret. */
export class LogRedaction {
  private readonly known: readonly string[];
  /** The sources whose last line was in the middle of a key. */
  private readonly inKey = new Set<string>();

  constructor(secrets: readonly string[] = []) {
    this.known = secrets.filter(({ length }) => length >= MIN_SECRET_LENGTH);
  }

  /** Returns the line without its secrets; a key may span several lines of one source. */
  redact(line: string, source = ''): string {
    const isKey = this.inKey.has(source) && KEY_CONTINUES.test(line);
    if (!isKey || (line !== '' && line.length < MIN_KEY_LINE_LENGTH)) this.inKey.delete(source);
    if (isKey) return REDACTED;
    if (KEY_BEGINS.test(line)) this.inKey.add(source);
    const cleared = this.known.reduce((text, secret) => text.replaceAll(secret, REDACTED), line);
    return RULES.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), cleared);
  }
}
