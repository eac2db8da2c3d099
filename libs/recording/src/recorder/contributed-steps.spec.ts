import { expect, it } from '@jest/globals';
import type { StepRequest } from '@streamvault/kernel';
import { PostProcessing } from './post-processing.js';

const none = undefined as never;
const withSteps = (...contributed: ConstructorParameters<typeof PostProcessing>[7][number][]) =>
  new PostProcessing(none, none, none, none, none, none, none, contributed);

it('plans the steps of other contexts behind its own, and runs them by name', async () => {
  const asked: StepRequest[] = [];
  const work = {
    run: (request: StepRequest) => {
      asked.push(request);
      request.onProgress(0.5);
      return Promise.resolve({});
    },
  };
  const steps = withSteps({ name: 'subtitles', dependsOn: ['publish'], work });
  expect(steps.plan.at(0)).toEqual({ name: 'verify', dependsOn: [] });
  expect(steps.plan.at(-1)).toEqual({ name: 'subtitles', dependsOn: ['publish'] });
  const shares: number[] = [];
  const { signal } = new AbortController();
  const done = await steps.run('subtitles', { recordingId: 7 } as never, signal, (share) => shares.push(share));
  expect([done, shares, asked[0]?.recordingId]).toEqual([{ videoId: null }, [0.5], 7]);
});

it('refuses a step that nobody knows', async () => {
  const unknown = withSteps().run('nonsense', { recordingId: 7 } as never, new AbortController().signal, () => {});
  await expect(unknown).rejects.toThrow('no step nonsense');
});
