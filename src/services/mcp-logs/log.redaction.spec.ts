import { slowness } from '../../../test/harness/machine.js';
import { levelOfLine } from './log.level.js';
import { LogRedaction } from './log.redaction.js';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

describe('a log line', () => {
  const redaction = new LogRedaction(['a secret of our own', 'tiny']);

  it.each([
    ['Authorization: Bearer abc.def-123', 'Authorization: Bearer [redacted]'],
    ['"authorization":"Basic YWRhOnB3"', '"authorization":"Basic [redacted]"'],
    ['authorization=abc123', 'authorization= [redacted]'],
    ['sent with bearer abcdefgh12345678', 'sent with bearer [redacted]'],
    ['OPENAI_API_KEY=abc123 started', 'OPENAI_API_KEY=[redacted] started'],
    ['x-api-key: abc, next', 'x-api-key: [redacted], next'],
    ['{"password": "a b, c", "user": "ada"}', '{"password": [redacted], "user": "ada"}'],
    [`passwd='it is' pwd=x`, 'passwd=[redacted] pwd=[redacted]'],
    ['?access_token=abc&page=2', '?access_token=[redacted]&page=2'],
    ['clientSecret: abc', 'clientSecret: [redacted]'],
    ['Cookie: sid=abc', 'Cookie: [redacted]'],
    [`got ${JWT} back`, 'got [redacted] back'],
    ['used sk-abcdefghijklmnop1234', 'used [redacted]'],
    ['ghp_abcdefghijklmnopqrst', '[redacted]'],
    ['AKIAIOSFODNN7EXAMPLE', '[redacted]'],
    ['redis://ada:pw@host:6379/0', 'redis://[redacted]@host:6379/0'],
    ['key -----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- end', 'key [redacted] end'],
    ['A'.repeat(64), '[redacted]'],
    ['amqps://ada:p@ss@host/yard', 'amqps://[redacted]@host/yard'],
    ['got "{\\"api_key\\": \\"a b\\", \\"n\\": 1}"', 'got "{\\"api_key\\": [redacted], \\"n\\": 1}"'],
    ['with a secret of our own in it', 'with [redacted] in it'],
  ])('%j is shown as %j', (line, shown) => {
    expect(redaction.redact(line)).toBe(shown);
  });

  it.each([
    'search "signals at danger": 3 passages in 2 ms',
    'tiny words stay',
    'The tokens of the text are 12',
    'https://host/path?a=1',
    'a keyboard, a monkey and a secretary',
  ])('%j stays unchanged', (line) => {
    expect(redaction.redact(line)).toBe(line);
  });

  it('is redacted when it continues a private key of the same source', () => {
    const key = [
      'key: -----BEGIN OPENSSH PRIVATE KEY-----',
      'b3Blbn'.repeat(11),
      'QAAAEA==',
      '-----END OPENSSH PRIVATE KEY-----',
    ];
    const lines = [...key.slice(0, 2), 'from another', ...key.slice(2), 'ready'];
    const shown = lines.map((line) => redaction.redact(line, line === 'from another' ? 'index' : 'stderr'));
    const hidden = '[redacted]';
    expect(shown).toEqual([`key: ${hidden}`, hidden, 'from another', hidden, ...key.slice(3), 'ready']);
    redaction.redact('-----BEGIN RSA PRIVATE KEY-----');
    expect(['INFO: cut off', 'retarders'].map((line) => redaction.redact(line))).toEqual([
      'INFO: cut off',
      'retarders',
    ]);
  });

  it('is redacted quickly even when it repeats the beginnings of secrets', () => {
    const began = performance.now();
    for (const part of [
      'a-',
      'token',
      'a=',
      '"',
      '-----BEGIN ',
      'eyJ',
      '://',
      'authorization',
      'w',
      'a://',
      'eyJaaaaa-',
      '\\\\',
    ]) {
      redaction.redact(part.repeat(4000 / part.length));
    }
    expect(performance.now() - began).toBeLessThan(1000 * slowness());
  });

  it.each([
    ['INFO ready', 'INFO'],
    ['2026-01-01 12:00:00,000 - index - WARNING - slow', 'WARNING'],
    ['[ERROR] no', 'ERROR'],
    ['WARN: old', 'WARNING'],
    ['FATAL: gone', 'CRITICAL'],
    ['DEBUG:root:x', 'DEBUG'],
    ['TypeError: x is not a function', 'ERROR'],
    ['Traceback (most recent call last):', 'ERROR'],
    ['nothing said about ERRORS', 'INFO'],
  ])('%j has the right level', (line, level) => {
    expect(levelOfLine(line)).toBe(level);
  });
});
