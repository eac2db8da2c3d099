import { assign, setup } from 'xstate';
import { firstContext } from './first-context.js';
import type { RecordingContext, RecordingInput } from './recording-context.js';
import { askedDeadlineInput, deadlineInput, effectInput, noEffect, withoutClock } from './recording-effects.js';
import type { RecordingEvent } from './recording-events.js';
import {
  clearInterruption,
  noteAd,
  noteDiscard,
  noteDetails,
  noteFailure,
  noteFinalizeFailure,
  noteGap,
  noteGapFill,
  noteInterruption,
  noteOutputs,
  notePart,
  noteSource,
  noteStep,
  noteTotals,
} from './recording-notes.js';

/**
 * The life of one recording, and the only description of it. Folded over its events it gives the state; asked with
 * `can()` it guards commands; with effects it is the running recorder; read as data it is the diagram in the console.
 * Its events are the domain events themselves.
 */
export const recordingMachine = setup({
  types: {
    context: {} as RecordingContext,
    events: {} as Exclude<RecordingEvent, { type: 'RecordingRequested' }>,
    input: {} as RecordingInput,
    tags: {} as 'active' | 'waiting' | 'ended',
  },
  actors: {
    beginCapture: noEffect,
    capture: noEffect,
    finalize: noEffect,
    postProcess: noEffect,
    deadline: withoutClock,
  },
  actions: {
    notePart: assign(notePart),
    noteGap: assign(noteGap),
    noteAd: assign(noteAd),
    noteSource: assign(noteSource),
    noteDeadline: assign(({ event }) => ('deadline' in event.data ? { deadline: event.data.deadline } : {})),
    clearDeadline: assign({ deadline: null }),
    noteInterruption: assign(noteInterruption),
    clearInterruption: assign(clearInterruption),
    noteEnd: assign(({ event }) => {
      if (event.type === 'StopRequested') return { endReason: 'stopped' };
      return event.type === 'SourceEnded' ? { endReason: event.data.reason } : {};
    }),
    noteTotals: assign(noteTotals),
    noteFinalizeFailure: assign(noteFinalizeFailure),
    noteDetails: assign(noteDetails),
    noteRecorder: assign(({ event }) =>
      event.type === 'RecorderAssigned' ? { recorder: event.data.recorderId, epoch: event.data.epoch } : {},
    ),
    noteOutputs: assign(noteOutputs),
    noteStep: assign(noteStep),
    noteFailure: assign(noteFailure),
    clearFailure: assign({
      failure: null,
      interruption: null,
      endReason: null,
      totals: null,
      endedAt: null,
      finalizeAttempts: 0,
      finalizeRetryAt: null,
    }),
    noteCompletion: assign(({ event }) => (event.type === 'RecordingCompleted' ? { completedAt: event.data.at } : {})),
    noteDiscard: assign(noteDiscard),
    noteGapFill: assign(noteGapFill),
  },
  guards: {
    retriesCapture: ({ event }) => event.type === 'RecordingRetried' && event.data.from === 'capture',
  },
}).createMachine({
  id: 'recording',
  context: ({ input }) => firstContext(input),
  initial: 'requested',
  states: {
    requested: {
      description: 'Requested; a recorder is about to take it up.',
      tags: ['active', 'waiting'],
      invoke: [
        { id: 'beginCapture', src: 'beginCapture', input: effectInput },
        { id: 'deadline', src: 'deadline', input: deadlineInput },
      ],
      on: {
        RecorderAssigned: { actions: 'noteRecorder', description: 'A recorder has it now, and no other.' },
        RecordingDetailsChanged: {
          actions: 'noteDetails',
          description: 'The broadcast has another title or category.',
        },
        CaptureStarting: {
          target: 'taking.starting',
          actions: 'noteDeadline',
          description: 'A recorder took it up and opens the source.',
        },
        RecordingCancelled: {
          target: 'cancelled',
          actions: ['noteFailure', 'clearDeadline'],
          description: 'Cancelled before anything was fetched.',
        },
        RecordingFailed: {
          target: 'failed',
          actions: ['noteFailure', 'clearDeadline'],
          description: 'No recorder took it up in time.',
        },
      },
    },
    taking: {
      description: 'The broadcast is being captured from its source.',
      tags: ['active'],
      invoke: { id: 'capture', src: 'capture', input: effectInput },
      initial: 'starting',
      on: {
        RecorderAssigned: { actions: 'noteRecorder', description: 'A recorder has it now, and no other.' },
        RecordingDetailsChanged: {
          actions: 'noteDetails',
          description: 'The broadcast has another title or category.',
        },
        SourceOpened: { actions: 'noteSource', description: 'The source answered with a playlist.' },
        PartOpened: { actions: 'notePart', description: 'A new file was begun.' },
        PartClosed: { actions: 'notePart', description: 'A file is complete.' },
        GapRecorded: { actions: 'noteGap', description: 'A span of the broadcast could not be fetched.' },
        AdRecorded: { actions: 'noteAd', description: 'A stretch of advertising has ended.' },
        StopRequested: {
          target: 'finalizing',
          actions: ['noteEnd', 'noteDeadline', 'clearInterruption'],
          description: 'Somebody asked to stop.',
        },
        RecordingCancelled: {
          target: 'cancelled',
          actions: ['noteFailure', 'clearDeadline', 'clearInterruption'],
          description: 'Cancelled; what was captured stays, without a video.',
        },
      },
      states: {
        starting: {
          description: 'The source is being opened; nothing has been written yet.',
          tags: ['waiting'],
          invoke: { id: 'deadline', src: 'deadline', input: deadlineInput },
          on: {
            CaptureStarting: {
              target: 'starting',
              reenter: true,
              actions: 'noteDeadline',
              description: 'A recorder took it up again after a restart.',
            },
            CaptureStarted: {
              target: 'capturing',
              actions: 'clearDeadline',
              description: 'The first bytes are on disk.',
            },
            DeadlineMoved: {
              target: 'starting',
              reenter: true,
              actions: 'noteDeadline',
              description: 'The source begins with advertising, which is left out; the wait starts again.',
            },
            SourceEnded: {
              target: '#recording.finalizing',
              actions: ['noteEnd', 'noteDeadline'],
              description: 'The broadcast was over before it began.',
            },
            RecordingFailed: {
              target: '#recording.failed',
              actions: ['noteFailure', 'clearDeadline'],
              description: 'The source could not be opened.',
            },
          },
        },
        capturing: {
          description: 'Bytes are arriving and written.',
          on: {
            CaptureInterrupted: {
              target: 'reconnecting',
              actions: ['noteInterruption', 'noteDeadline'],
              description: 'No bytes arrive any more.',
            },
            SourceEnded: {
              target: '#recording.finalizing',
              actions: ['noteEnd', 'noteDeadline'],
              description: 'The source said that the broadcast is over.',
            },
          },
        },
        reconnecting: {
          description: 'No bytes arrive; StreamVault retries the source until patience runs out.',
          tags: ['waiting'],
          invoke: { id: 'deadline', src: 'deadline', input: askedDeadlineInput },
          on: {
            CaptureInterrupted: {
              target: 'reconnecting',
              reenter: true,
              actions: ['noteInterruption', 'noteDeadline'],
              description: 'The recorder itself was away; patience starts again.',
            },
            DeadlineMoved: {
              target: 'reconnecting',
              reenter: true,
              actions: 'noteDeadline',
              description: 'The source is there (it shows advertising, or is said to be live); patience starts again.',
            },
            CaptureResumed: {
              target: 'capturing',
              actions: ['clearInterruption', 'clearDeadline'],
              description: 'Bytes arrive again.',
            },
            SourceEnded: {
              target: '#recording.finalizing',
              actions: ['noteEnd', 'noteDeadline', 'clearInterruption'],
              description: 'The broadcast is over, or patience ran out.',
            },
          },
        },
      },
    },
    finalizing: {
      description: 'The capture is closed, and its parts become one checked video file.',
      tags: ['waiting'],
      invoke: [
        { id: 'finalize', src: 'finalize', input: effectInput },
        { id: 'deadline', src: 'deadline', input: deadlineInput },
      ],
      on: {
        RecorderAssigned: { actions: 'noteRecorder', description: 'A recorder has it now, and no other.' },
        PartOpened: { actions: 'notePart', description: 'A file was begun just before the end.' },
        PartClosed: { actions: 'notePart', description: 'The last file is complete.' },
        GapRecorded: { actions: 'noteGap', description: 'A span of the broadcast could not be fetched.' },
        AdRecorded: { actions: 'noteAd', description: 'A stretch of advertising has ended.' },
        CaptureEnded: { actions: 'noteTotals', description: 'The ledger is closed and counted.' },
        DeadlineMoved: {
          target: 'finalizing',
          reenter: true,
          actions: 'noteDeadline',
          description: 'The time ran out while no recorder was there; it starts again.',
        },
        FinalizeFailed: {
          target: 'finalizing',
          reenter: true,
          actions: 'noteFinalizeFailure',
          description: 'It failed; StreamVault retries.',
        },
        RecordingFinalized: {
          target: 'postProcessing',
          actions: ['noteOutputs', 'noteDeadline'],
          description: 'The video file is complete and checked against the ledger.',
        },
        RecordingCancelled: {
          target: 'cancelled',
          actions: ['noteFailure', 'clearDeadline'],
          description: 'Cancelled, or nothing had been captured.',
        },
        RecordingFailed: {
          target: 'failed',
          actions: ['noteFailure', 'clearDeadline'],
          description: 'The video could not be made; the parts are kept.',
        },
      },
    },
    postProcessing: {
      description: 'The video is there; thumbnail and library entry are being made.',
      tags: ['waiting'],
      invoke: [
        { id: 'postProcess', src: 'postProcess', input: effectInput },
        { id: 'deadline', src: 'deadline', input: deadlineInput },
      ],
      on: {
        RecorderAssigned: { actions: 'noteRecorder', description: 'A recorder has it now, and no other.' },
        StepStarted: { actions: 'noteStep', description: 'A step began.' },
        StepSucceeded: {
          actions: 'noteStep',
          description: 'A step is done; what depends on it follows.',
        },
        StepFailed: {
          actions: 'noteStep',
          description: 'A step failed; others go on.',
        },
        StepRetryRequested: {
          actions: ['noteStep', 'noteDeadline'],
          description: 'Somebody asked to try a step again.',
        },
        StepSkipped: {
          actions: ['noteStep', 'noteDeadline'],
          description: 'Somebody skipped a step; what depends on it goes on.',
        },
        DeadlineMoved: {
          target: 'postProcessing',
          reenter: true,
          actions: 'noteDeadline',
          description: 'The time ran out while no recorder was there; it starts again.',
        },
        RecordingCompleted: {
          target: 'completed',
          actions: ['noteCompletion', 'clearDeadline'],
          description: 'Every step is done or given up.',
        },
        GapFilled: { actions: 'noteGapFill', description: 'The file has what was missing in a gap.' },
        GapFillFailed: { actions: 'noteGapFill', description: 'A gap could not be filled; the file is as it was.' },
      },
    },
    completed: {
      description: 'The video is in the library.',
      tags: ['ended'],
      on: {
        StepRetryRequested: {
          target: 'postProcessing',
          actions: ['noteStep', 'noteDeadline'],
          description: 'Somebody asked to try a failed step again.',
        },
        StepSkipped: {
          target: 'postProcessing',
          actions: ['noteStep', 'noteDeadline'],
          description: 'Somebody skipped a failed step; what depends on it goes on.',
        },
        PartsDiscarded: {
          actions: 'noteDiscard',
          description: 'The raw parts were removed; the video has all of their content.',
        },
        PartsKept: {
          actions: 'noteDiscard',
          description: 'The raw parts could not be removed yet; it is tried again.',
        },
        GapFillRequested: {
          actions: 'noteGapFill',
          description: "A gap is to be filled from the platform's own video of the broadcast.",
        },
        GapFilled: { actions: 'noteGapFill', description: 'The file has what was missing in a gap.' },
        GapFillFailed: { actions: 'noteGapFill', description: 'A gap could not be filled; the file is as it was.' },
      },
    },
    failed: {
      description: 'It failed; everything captured is kept, and it can be retried.',
      tags: ['ended'],
      on: {
        RecordingRetried: [
          {
            guard: 'retriesCapture',
            target: 'requested',
            actions: ['clearFailure', 'noteDeadline'],
            description: 'Retried from the source.',
          },
          {
            target: 'finalizing',
            actions: ['clearFailure', 'noteDeadline'],
            description: 'Retried from what was captured.',
          },
        ],
      },
    },
    cancelled: {
      description: 'Cancelled. What was captured stays playable, without a video.',
      tags: ['ended'],
      on: {
        PartClosed: { actions: 'notePart', description: 'The file that was being written is complete.' },
      },
    },
  },
});
