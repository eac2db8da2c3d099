import { EventFromNewerVersion, UnknownEventType, UpcastFailed } from '@streamvault/kernel';

/** Whether an event is stored well and only this program cannot read it: it knows too little of its type, or of that version. */
export const isUnreadable = (error: unknown): error is UnknownEventType | EventFromNewerVersion | UpcastFailed =>
  error instanceof UnknownEventType || error instanceof EventFromNewerVersion || error instanceof UpcastFailed;
