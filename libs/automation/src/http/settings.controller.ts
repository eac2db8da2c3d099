import { Body, Controller, Get, Inject, Patch, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  changeSettingsBody,
  type ChangeSettingsBody,
  runtimeSettings,
  type RuntimeSettings,
} from '@streamvault/api-contract';
import { Answers, CommandDoor, InvalidInput, Needs } from '@streamvault/http-kit';
import { deterministicId, INSTALLATION, type Installation } from '@streamvault/kernel';
import { LibraryStream } from '@streamvault/library';
import {
  ChangeStreamerDefaults,
  NAME_TEMPLATES,
  type NameTemplates,
  type RecordingChoices,
  streamerListProjection,
  StreamerStreams,
} from '@streamvault/streamers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RuleStreams } from '../rules/rule-streams.js';

@ApiTags('Settings')
@Controller('api/settings')
export class SettingsController {
  constructor(
    private readonly door: CommandDoor,
    private readonly commands: CommandBus,
    private readonly streamers: StreamerStreams,
    private readonly rules: RuleStreams,
    private readonly library: LibraryStream,
    @Inject(NAME_TEMPLATES) private readonly templates: NameTemplates,
    @Inject(INSTALLATION) private readonly installation: Installation,
  ) {}

  @Get()
  @Needs('settings.read')
  @Answers(200, runtimeSettings, 'What applies to all streamers without a choice of their own.')
  async get(): Promise<RuntimeSettings> {
    const [defaults, rules, { template }] = await Promise.all([
      this.streamers.defaults(),
      this.rules.forAll(),
      this.library.choices(),
    ]);
    const free = <Value>(value: Value) => ({ value, lockedBy: null });
    return {
      autoRecord: free(defaults.autoRecord),
      quality: free(defaults.quality),
      ads: free(defaults.ads),
      proxies: free(defaults.proxies),
      patienceSeconds: free(defaults.patienceSeconds),
      reruns: free(defaults.reruns),
      stopAfterChangeSeconds: free(defaults.stopAfterChangeSeconds),
      nameTemplate: free(template),
      notices: free(defaults.notices as RuntimeSettings['notices']['value']),
      rules: free(rules as RuntimeSettings['rules']['value']),
      timeZone: { value: this.installation.timeZone, lockedBy: 'TIME_ZONE' },
    };
  }

  @Patch()
  @Needs('settings.change')
  @Answers(200, runtimeSettings, 'Changes what applies to all streamers without a choice of their own.', 400)
  async change(
    @Body({ schema: changeSettingsBody }) { nameTemplate, rules, ...body }: ChangeSettingsBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Invalid rules are refused before anything is changed.
    if (rules) this.rules.compile(rules);
    if (nameTemplate !== undefined) {
      const problems = this.templates.problemsOf(nameTemplate);
      if (problems.length > 0) throw new InvalidInput(problems.map((message) => ({ path: 'nameTemplate', message })));
    }
    await this.door.run(request, reply, { status: 200, projection: streamerListProjection.name }, async (metadata) => {
      const { position } = await this.commands.execute(new ChangeStreamerDefaults(named(body), metadata));
      const ruling = { ...metadata, commandId: deterministicId(metadata.commandId, 'rules') };
      const ruled = rules && (await this.rules.change(0, rules, ruling));
      // The library has it: there is one place for how videos are named.
      if (nameTemplate !== undefined) {
        const naming = { ...metadata, commandId: deterministicId(metadata.commandId, 'naming') };
        const change = { type: 'ChangeLibrary', by: metadata.actor, at: metadata.now } as const;
        await this.library.handle({ ...change, changes: { template: nameTemplate } }, naming);
      }
      return { body: await this.get(), position: ruled?.position ?? position };
    });
  }
}

const named = (body: Omit<ChangeSettingsBody, 'nameTemplate' | 'rules'>): Partial<RecordingChoices> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only what is undefined is left out
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Partial<RecordingChoices>;
