import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSlo } from './slo.reading.js';
import { SLO_DEFAULTS, THRESHOLD_NAMES } from './slo.js';

const read = (file: unknown) => readSlo(JSON.stringify(file));
const MIGRATION = join(__dirname, '../../../../migration');

describe('the file of thresholds', () => {
  it('gives each service the default, with what it says itself in its place', () => {
    const calls_failed = { max: 0.01 };
    const resets = { max: 0.3 };
    const joins_failed = { max: 0.02, over_legacy: 0.01, min_sample: 50 };
    const settings = read({
      default: { window_s: 5, thresholds: { calls_failed, joins_failed, resets } },
      services: { chat: { back_to: 'legacy', thresholds: { calls_failed: null, joins_failed: { max: 0.5 } } } },
    });
    expect(settings.default).toEqual({
      ...SLO_DEFAULTS,
      window_s: 5,
      thresholds: { calls_failed, joins_failed, resets },
    });
    expect(settings.services.get('chat')).toEqual({
      ...SLO_DEFAULTS,
      window_s: 5,
      back_to: 'legacy',
      thresholds: { joins_failed: { max: 0.5 }, resets },
    });
  });

  it('says nothing about a service where it has no default', () => {
    const { default: all, services } = read({ services: { chat: {} } });
    expect(all).toBeUndefined();
    expect([...services.keys()]).toEqual(['chat']);
  });

  it.each<[unknown, string]>([
    [[], 'the file must be an object'],
    [{ defaults: {} }, 'defaults must be left out; known here are $schema, default, services'],
    [{ default: 1 }, 'default must be an object'],
    [{ default: { window_s: 0 } }, 'default.window_s must be a number from 0.1 to 86400'],
    [{ default: { min_sample: 1.5 } }, 'default.min_sample must be a whole number from 1 to 1000000'],
    [{ default: { back_to: 'canary' } }, 'default.back_to must be one of "previous", "legacy"'],
    [{ default: { rollback: 'no' } }, 'default.rollback must be true or false'],
    [
      { services: { chat: { thresholds: { calls: {} } } } },
      'services.chat.thresholds.calls must be left out; known here are joins_failed',
    ],
    [
      { services: { chat: { thresholds: { resets: {} } } } },
      'services.chat.thresholds.resets must be null, or an object with max or over_legacy',
    ],
    [{ default: { thresholds: { resets: { max: 2 } } } }, 'default.thresholds.resets.max must be a number from 0 to 1'],
    [
      { default: { thresholds: { delivery_p99_ms: { over_legacy: 0.5 } } } },
      'default.thresholds.delivery_p99_ms.over_legacy must be a number from 1 to 1000',
    ],
  ])('%j is refused', (file, message) => {
    expect(() => read(file)).toThrow(message);
  });

  it('of the repository is read, and has every threshold', () => {
    const { default: all, services } = readSlo(readFileSync(join(MIGRATION, 'slo.json'), 'utf8'));
    expect(Object.keys(all!.thresholds).sort()).toEqual([...THRESHOLD_NAMES].sort());
    expect(services.size).toBeGreaterThan(0);
  });

  it('has a schema for editors that knows the same fields', () => {
    interface Schema {
      definitions: { slo: { properties: Record<string, { properties?: object }> } };
    }
    const { definitions } = JSON.parse(readFileSync(join(MIGRATION, 'slo.schema.json'), 'utf8')) as Schema;
    const { properties } = definitions.slo;
    expect(Object.keys(properties).sort()).toEqual(Object.keys(SLO_DEFAULTS).sort());
    expect(Object.keys(properties.thresholds!.properties!).sort()).toEqual([...THRESHOLD_NAMES].sort());
  });
});
