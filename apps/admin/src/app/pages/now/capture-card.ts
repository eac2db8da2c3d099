import { Component, computed, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { Recording } from '@streamvault/api-contract';
import { StopWithUndo } from '../../commands/stop-with-undo';
import { recordingFigures } from '../../feed/recording-figures';
import { SilenceNotice } from '../../feed/silence-notice';
import { formatBytes, formatDuration, formatRate, formatSpan, spokenDuration } from '../../ui/formats';
import { LiveStill } from '../../recordings/live-still';
import { Icon } from '../../ui/icon';
import { StateChip } from '../../ui/state-chip';
import { RateGraph } from './rate-graph';

/** Above this, missing bytes are shown. */
const worryingAgeSeconds = 12;

@Component({
  selector: 'sv-capture-card',
  imports: [Icon, LiveStill, MatButton, RateGraph, RouterLink, SilenceNotice, StateChip],
  templateUrl: './capture-card.html',
  styleUrl: './capture-card.scss',
})
export class CaptureCard {
  readonly recording = input.required<Recording>();

  protected readonly stops = inject(StopWithUndo);
  protected readonly figures = recordingFigures(this.recording);

  protected readonly duration = computed(() => formatDuration(this.figures().durationSeconds));
  protected readonly spoken = computed(() => spokenDuration(this.figures().durationSeconds));
  protected readonly size = computed(() => formatBytes(this.figures().bytes));
  protected readonly rate = computed(() => {
    const { bytesPerSecond } = this.figures();
    return bytesPerSecond === null ? '–' : formatRate(bytesPerSecond);
  });
  protected readonly age = computed(() => {
    const { lastByteAgeSeconds } = this.figures();
    return lastByteAgeSeconds === null ? '–' : `${formatSpan(Math.round(lastByteAgeSeconds))} ago`;
  });
  protected readonly isStalled = computed(() => this.figures().stalledSeconds !== null);
  protected readonly isWorrying = computed(() => (this.figures().lastByteAgeSeconds ?? 0) > worryingAgeSeconds);
  protected readonly isStopping = computed(() => this.stops.isStopping(this.recording().streamerId));

  protected stop(): void {
    void this.stops.stop(this.recording());
  }
}
