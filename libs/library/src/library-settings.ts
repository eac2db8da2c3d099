import { defineSettings, type SettingsOf } from '@streamvault/kernel';
import { z } from 'zod';

const mostDays = 3650;

export const librarySettings = defineSettings('library', {
  BIN_DAYS: {
    schema: z
      .string()
      .regex(/^\d+$/, `must be a whole number from 0 to ${mostDays}`)
      .transform(Number)
      .pipe(z.number().max(mostDays, `must be at most ${mostDays}`))
      .default(7),
    meaning: 'how many days a deleted video can be restored; `0`: until the bin is next emptied, within the hour',
    shownDefault: '7',
  },
});
export type LibrarySettings = SettingsOf<typeof librarySettings>;
