import { mediaSecondsAt, type Timeline } from './media-time.js';

type Stretch = Timeline[number];

export interface FilledTimeline {
  /** Where the file is cut, in its own time before. */
  readonly atSeconds: number;
  readonly timeline: Timeline;
}

/** Where the wall clock lies in a file after a gap was filled: what lies behind it moves by the length of the fill. */
export function filledTimeline(
  before: Timeline,
  gap: { readonly from: string; readonly to: string },
  fill: readonly Pick<Stretch, 'startsAt' | 'durationSeconds'>[],
): FilledTimeline {
  const atSeconds = mediaSecondsAt(gap.from, before);
  const added: Stretch[] = [];
  let end = atSeconds;
  for (const { durationSeconds, startsAt } of fill) {
    added.push({ startsAt, mediaSeconds: end, durationSeconds });
    end += durationSeconds;
  }
  const moved = end - atSeconds;
  const [earlier, later]: [Stretch[], Stretch[]] = [[], []];
  for (const stretch of before) {
    const { durationSeconds, mediaSeconds, startsAt } = stretch;
    const own = atSeconds - mediaSeconds;
    if (own >= durationSeconds) earlier.push(stretch);
    else if (own <= 0) later.push({ ...stretch, mediaSeconds: mediaSeconds + moved });
    else {
      // A short gap does not end a stretch: its second half begins where the gap ends.
      earlier.push({ startsAt, mediaSeconds, durationSeconds: own });
      later.push({ startsAt: gap.to, mediaSeconds: end, durationSeconds: durationSeconds - own });
    }
  }
  return { atSeconds, timeline: [...earlier, ...added, ...later] };
}
