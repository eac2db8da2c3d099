export const transferLabels = {
  checking: 'Checking the file',
  comparing: 'Comparing what is there',
  copying: 'Copying',
  verifying: 'Verifying',
} as const;
