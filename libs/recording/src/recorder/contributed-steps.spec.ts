import { expect, it } from '@jest/globals';
import type { RunnableStep, StepRequest } from '@streamvault/kernel';
import { ContributedSteps } from './contributed-steps.js';

const request = (onProgress: (share: number) => void = () => {}): StepRequest => ({
  recordingId: 7,
  signal: new AbortController().signal,
  onProgress,
});

it('plans the steps of all contexts in their order, and runs them by name', async () => {
  const asked: number[] = [];
  const work = (videoId?: number): RunnableStep['work'] => ({
    run: ({ recordingId, onProgress }) => {
      asked.push(recordingId);
      onProgress(0.5);
      return Promise.resolve(videoId === undefined ? {} : { videoId });
    },
  });
  const steps = new ContributedSteps([
    { name: 'publish', dependsOn: [], work: work(3) },
    { name: 'subtitles', dependsOn: ['publish'], work: work() },
  ]);
  expect(steps.plan).toEqual([
    { name: 'publish', dependsOn: [] },
    { name: 'subtitles', dependsOn: ['publish'] },
  ]);
  const shares: number[] = [];
  expect(
    await steps.run(
      'subtitles',
      request((share) => shares.push(share)),
    ),
  ).toEqual({ videoId: null });
  expect(await steps.run('publish', request())).toEqual({ videoId: 3 });
  expect([shares, asked]).toEqual([[0.5], [7, 7]]);
});

it('refuses a step that nobody knows', async () => {
  await expect(new ContributedSteps([]).run('nonsense', request())).rejects.toThrow('no step nonsense');
});
