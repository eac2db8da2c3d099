import type { AdChoice } from '@streamvault/api-contract';

export const adChoices: readonly { readonly value: AdChoice; readonly label: string }[] = [
  { value: 'skip', label: 'Leave it out' },
  { value: 'keep', label: 'Keep it' },
];

export const adChoiceWords = (choice: AdChoice): string => (choice === 'keep' ? 'Kept in' : 'Left out');
