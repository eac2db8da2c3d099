import { z } from 'zod';

/** Text that is not empty. */
export const text = z.string().trim().min(1);

export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

export const wholeNumber = (low: number, high: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${low} to ${high}`)
    .transform(Number)
    .pipe(z.number().min(low, `must be at least ${low}`).max(high, `must be at most ${high}`));

export const webAddress = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });
