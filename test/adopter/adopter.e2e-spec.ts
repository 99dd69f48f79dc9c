import { runScript } from '../process/script.run.js';
import { readOptions } from './adopter.options.js';

// Packs every package and installs them; npm needs most of the time.
jest.setTimeout(300_000);

describe('npm run adopter', () => {
  it('shows that a hostile host answers as before, that the guide is right, and that both kinds of Nest project run', async () => {
    const cells = ['--only', 'matrix', '--cell', 'nest12-express-cjs', '--cell', 'nest12-fastify-esm'];
    const { code, output } = await runScript('adopter', [
      '--only',
      'host',
      '--only',
      'guide',
      '--platform',
      'express',
      ...cells,
    ]);
    expect(output).not.toContain(' failed ');
    expect(output).toMatch(/express, own upgrade listener and Socket.IO +ok/);
    expect(output).toMatch(/express, WebSocketServer\({ server, path }\) +ok/);
    expect(output).toMatch(/docs\/add-to-your-app\.md +ok/);
    expect(output).toMatch(/nest12-fastify-esm +ok/);
    expect(code).toBe(0);
  });

  it.each([
    [['--only', 'none'], '--only must be one of host, guide, products, matrix'],
    [['--cell', 'nest9'], 'no cell has nest9 in its name'],
    [['--clients', '0'], '--clients must be a whole number of at least 1 up to 5000'],
  ])('refuses the options %j', (args, reason) => {
    expect(() => readOptions(args)).toThrow(`unable to begin; ${reason}`);
  });
});
