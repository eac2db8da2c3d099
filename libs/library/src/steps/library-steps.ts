import type { StepDefinition } from '@streamvault/kernel';
import { ChecksumStep } from './checksum.step.js';
import { PublishStep } from './publish.step.js';
import { SidecarsStep } from './sidecars.step.js';
import { StoryboardStep } from './storyboard.step.js';
import { ThumbnailStep } from './thumbnail.step.js';
import { VerifyStep } from './verify.step.js';

/** What is done with a finished recording, in the order in which steps begin that are ready at the same time. */
export const librarySteps: readonly StepDefinition[] = [
  { name: 'verify', dependsOn: [], work: VerifyStep },
  { name: 'publish', dependsOn: ['verify'], work: PublishStep },
  { name: 'thumbnail', dependsOn: ['publish'], work: ThumbnailStep },
  { name: 'storyboard', dependsOn: ['publish'], work: StoryboardStep },
  { name: 'checksum', dependsOn: ['publish'], work: ChecksumStep },
  // After the thumbnail, of which media servers want a copy.
  { name: 'sidecars', dependsOn: ['thumbnail'], work: SidecarsStep },
];
