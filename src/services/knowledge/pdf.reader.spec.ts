import { pdf } from '../../../test/sites/pdf.file.js';
import { readPdf } from './pdf.reader.js';

const LIMITS = { timeout_ms: 1_000_000, memory_mb: 256, characters: 100 };

describe('a PDF', () => {
  it('is read with its title', async () => {
    expect(await readPdf(Buffer.from(pdf('Retarders slow wagons')), LIMITS)).toEqual({
      title: 'Brakes',
      pages: ['Retarders slow wagons'],
    });
  });

  it('is not read when it has more text than is allowed', async () => {
    const file = Buffer.from(pdf('Retarders slow wagons'));
    await expect(readPdf(file, { ...LIMITS, characters: 20 })).rejects.toThrow('it has too much text');
  });

  it('is not read when it is none, and nothing hangs', async () => {
    await expect(readPdf(Buffer.from('%PDF-1.7 nothing of one'), LIMITS)).rejects.toThrow();
    await expect(readPdf(Buffer.alloc(0), LIMITS)).rejects.toThrow();
  });
});
