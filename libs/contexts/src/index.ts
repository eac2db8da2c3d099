import { auditContext } from '@streamvault/audit';
import { demoContext } from '@streamvault/demo';
import { accessContext } from '@streamvault/access';
import { automationContext } from '@streamvault/automation';
import { cleanupContext } from '@streamvault/cleanup';
import { jobsContext } from '@streamvault/jobs';
import { libraryContext } from '@streamvault/library';
import { notificationsContext } from '@streamvault/notifications';
import { recordingContext } from '@streamvault/recording';
import { streamersContext } from '@streamvault/streamers';
import { Contexts } from '@streamvault/kernel';

/** All contexts of StreamVault. A new context is a folder in `libs` and a line here. */
export const contexts = new Contexts([
  streamersContext,
  recordingContext,
  libraryContext,
  automationContext,
  cleanupContext,
  notificationsContext,
  accessContext,
  jobsContext,
  auditContext,
  demoContext,
]);
