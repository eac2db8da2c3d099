import type { Cause } from '../port.js';

export const MOVED_ON: Cause = {
  code: 'source.window-moved',
  message: 'The source took these segments out of its playlist before they could be fetched.',
};
export const WAS_AWAY: Cause = {
  code: 'capture.was-away',
  message: 'StreamVault was not running, and when it came back the source no longer offered these segments.',
};
export const SOURCE_GAP: Cause = {
  code: 'source.gap',
  message: 'The source itself marks these segments as missing.',
};
export const SOURCE_RESTARTED: Cause = {
  code: 'source.sequence-reset',
  message: 'The source started its playlist again and left out what lay between.',
};

export const LISTED_LATE: Cause = {
  code: 'source.listed-late',
  message: 'The source listed these segments only after later ones, when their place in the recording was taken.',
};
