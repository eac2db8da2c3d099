import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { deterministicId, type StepRequest, type StepWork } from '@streamvault/kernel';
import { chaptersOf, RecordingNotFound, RecordingStreams } from '@streamvault/recording';
import { AddVideo } from '../commands/add-video/add-video.command.js';
import { pictureOf } from '../naming/sidecars.js';

/** Puts the finished files into the library, one video each. */
@Injectable()
export class PublishStep implements StepWork {
  constructor(
    private readonly commands: CommandBus,
    private readonly streams: RecordingStreams,
  ) {}

  async run({ recordingId }: StepRequest) {
    const recorded = await this.streams.load(recordingId);
    if (!recorded) throw new RecordingNotFound(recordingId);
    const { latest, snapshot } = recorded;
    const {
      category,
      gaps,
      outputs,
      requestedAt,
      startedAt: begunAt,
      streamerId,
      streamerName,
      ...known
    } = snapshot.context;
    let first: number | undefined;
    for (const [index, { file, startedAt, timeline, ...measured }] of outputs.entries()) {
      const recordedAt = startedAt ?? begunAt ?? requestedAt;
      const { videoId } = await this.commands.execute(
        new AddVideo(
          {
            recordingId,
            outputNumber: index + 1,
            streamerId,
            streamerName,
            // When it was is said beside it, in the reader's own zone.
            title: known.title ?? streamerName,
            category,
            recordedAt,
            ...measured,
            file,
            thumbnailFile: pictureOf(file),
            gaps: gaps.map((gap) => ({ ...gap })),
            chapters: chaptersOf(known.titles, timeline, measured.durationSeconds),
          },
          {
            commandId: deterministicId(`publish ${recordingId} ${index}`),
            correlationId: latest.correlationId,
            causationId: latest.id,
            actor: 'recorder',
            now: new Date().toISOString(),
          },
        ),
      );
      first ??= videoId;
    }
    return first === undefined ? {} : { videoId: first };
  }
}
