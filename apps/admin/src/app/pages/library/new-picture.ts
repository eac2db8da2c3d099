import type { LoggedEvent } from '@streamvault/api-contract';

/** A thumbnail was made that was missing until now. */
export const isNewPicture = ({ type, data }: LoggedEvent): boolean =>
  type === 'StepSucceeded' && data['name'] === 'thumbnail';
