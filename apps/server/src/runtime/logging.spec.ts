import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { kernelLogger } from './logging.js';

describe('kernelLogger', () => {
  function logged(): { lines: Record<string, unknown>[]; logger: ReturnType<typeof kernelLogger> } {
    const lines: Record<string, unknown>[] = [];
    const logger = kernelLogger(pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) }));
    return { lines, logger };
  }

  it('accepts a message without details, as the demo channel sends it: that once ended the whole server', () => {
    const { lines, logger } = logged();
    const info = Reflect.get(logger, 'info') as unknown as (message: string) => void;
    info('The demo channel is off: nobody watches it.');
    expect(lines).toMatchObject([{ msg: 'The demo channel is off: nobody watches it.' }]);
  });

  it('shows an error where pino looks for it', () => {
    const { lines, logger } = logged();
    logger.warn('It failed.', { error: new Error('disk full'), attempt: 2 });
    expect(lines).toMatchObject([{ msg: 'It failed.', attempt: 2, err: { message: 'disk full' } }]);
  });
});
