import { defaultWorkLimit } from '@streamvault/jobs';
import { defineSettings } from '@streamvault/kernel';
import { z } from 'zod';

export const recordingSettings = defineSettings('recording', {
  WORK_LIMIT: {
    schema: z.coerce
      .number('must be a whole number from 1 to 64')
      .int('must be a whole number from 1 to 64')
      .min(1, 'must be a whole number from 1 to 64')
      .max(64, 'must be a whole number from 1 to 64')
      .default(() => defaultWorkLimit()),
    meaning: 'how many recordings may be finished and post-processed at once; each takes up to a core',
    shownDefault: 'half of the cores',
  },
});
