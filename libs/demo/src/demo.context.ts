import { defineContext, INSTALLATION, type Installation, KERNEL_LOGGER, type KernelLogger } from '@streamvault/kernel';
import { MEDIA, type Media } from '@streamvault/media';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DemoChannel } from './demo-channel.js';
import { DemoHealth } from './demo-health.js';
import { DemoController } from './http/demo.controller.js';

/** A live channel that StreamVault makes itself, to try everything without an account or the internet. */
export const demoContext = defineContext({
  name: 'demo',
  health: [DemoHealth],
  module: () => ({
    controllers: [DemoController],
    providers: [
      {
        provide: DemoChannel,
        inject: [MEDIA, INSTALLATION, KERNEL_LOGGER],
        useFactory: ({ tools }: Media, { dataDirectory }: Installation, logger: KernelLogger) =>
          new DemoChannel({
            ffmpegPath: tools.ffmpeg.path,
            fontFile: createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
            directory: join(dataDirectory, 'demo'),
            logger,
          }),
      },
    ],
  }),
});
