import { defineSettings, type SettingsOf } from '@streamvault/kernel';
import { z } from 'zod';

const mostBackups = 1000;

export const jobsSettings = defineSettings('jobs', {
  BACKUP_COUNT: {
    schema: z
      .string()
      .regex(/^\d+$/, `must be a whole number from 1 to ${mostBackups}`)
      .transform(Number)
      .pipe(z.number().min(1, 'must be at least 1').max(mostBackups, `must be at most ${mostBackups}`))
      .default(7),
    meaning: 'how many daily backups of the event log stay in `DATA_DIR/backups`',
    shownDefault: '7',
  },
});
export type JobsSettings = SettingsOf<typeof jobsSettings>;
