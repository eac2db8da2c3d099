import type { LoggedEvent } from '@streamvault/api-contract';

/** A missing thumbnail has been made. */
export const isNewPicture = ({ type, data }: LoggedEvent): boolean =>
  type === 'StepSucceeded' && data['name'] === 'thumbnail';
