import { Controller, Get, Inject, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { videoFileList, type VideoFileList } from '@streamvault/api-contract';
import { Answers, Needs, PublicIdPipe, requireFile } from '@streamvault/http-kit';
import { INSTALLATION, type Installation } from '@streamvault/kernel';
import { FilesBesideVideo } from '../files/files-beside-video.js';
import { GetVideoFiles } from '../queries/video-queries.js';

@ApiTags('Videos')
@Controller('api/videos')
export class VideoFilesController {
  constructor(
    private readonly queries: QueryBus,
    private readonly files: FilesBesideVideo,
    @Inject(INSTALLATION) private readonly installation: Installation,
  ) {}

  @Get(':id/files')
  @Needs('videos.view', { of: 'video' })
  @Answers(200, videoFileList, 'The video and what stands beside it on the disk, with its checksum.', 404, 503)
  async list(@Param('id', PublicIdPipe) id: number): Promise<VideoFileList> {
    const video = await this.queries.execute(new GetVideoFiles(id, 'thumbnail'));
    await requireFile({ root: this.installation.recordingsDirectory, file: video.file });
    return this.files.list(video);
  }
}
