import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { completed, operationIdOf } from './documentation.js';
import { waysToSignIn } from './needs.js';

/** The description of the API, and the page that shows it. */
export function publishOpenApi(app: INestApplication, version: string): void {
  const config = new DocumentBuilder()
    .setTitle('StreamVault')
    .setVersion(version)
    .setDescription(
      'Records live streams, and can explain everything it did. Errors are RFC 9457 problem details. [Licences of its parts](/licenses.txt).',
    )
    .setOpenAPIVersion('3.1.0')
    .addCookieAuth(
      'streamvault',
      {
        type: 'apiKey',
        in: 'cookie',
        description: 'Given by `POST /api/session`; over https it is `__Host-streamvault`.',
      },
      waysToSignIn.session,
    )
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key.' }, waysToSignIn.bearer)
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'An API key.' }, waysToSignIn.header)
    .addApiKey(
      { type: 'apiKey', in: 'query', name: 'sig', description: 'Part of an address that a share link gave.' },
      waysToSignIn.signature,
    )
    .build();
  SwaggerModule.setup(
    'api/docs',
    app,
    () => completed(SwaggerModule.createDocument(app, config, { operationIdFactory: operationIdOf })),
    {
      jsonDocumentUrl: 'api/openapi.json',
      yamlDocumentUrl: 'api/openapi.yaml',
    },
  );
}
