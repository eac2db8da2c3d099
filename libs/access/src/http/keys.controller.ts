import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  type ApiKeyList,
  apiKeyList,
  type CreateApiKeyBody,
  createApiKeyBody,
  type CreatedApiKey,
  createdApiKey,
} from '@streamvault/api-contract';
import { Answers, metadataOf, Needs, principalOf } from '@streamvault/http-kit';
import type { FastifyRequest } from 'fastify';
import { CreateApiKey } from '../commands/create-api-key.js';
import { RevokeApiKey } from '../commands/revoke-api-key.js';
import { ListApiKeys } from '../queries/list-api-keys.js';

/** The key is shown once. There is no `Idempotency-Key` here, because first answers are kept in the log. */
@ApiTags('Access')
@Controller('api/keys')
export class KeysController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Needs('signed-in')
  @Answers(200, apiKeyList, "One's own API keys; all with the permission users.view.")
  list(@Req() request: FastifyRequest): Promise<ApiKeyList> {
    return this.queries.execute(new ListApiKeys(principalOf(request)));
  }

  @Post()
  @Needs('signed-in')
  @HttpCode(201)
  @Answers(201, createdApiKey, 'Makes an API key, and shows it only now.', 400, 403)
  create(
    @Body({ schema: createApiKeyBody }) body: CreateApiKeyBody,
    @Req() request: FastifyRequest,
  ): Promise<CreatedApiKey> {
    return this.commands.execute(new CreateApiKey(body, principalOf(request), metadataOf(request)));
  }

  @Delete(':key')
  @Needs('signed-in')
  @HttpCode(204)
  @Answers(204, undefined, 'Revokes an API key, at once.', 403, 404)
  async revoke(@Param('key') key: string, @Req() request: FastifyRequest): Promise<void> {
    await this.commands.execute(new RevokeApiKey(key, principalOf(request), metadataOf(request)));
  }
}
