import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse, type OpenAPIObject } from '@nestjs/swagger';
import { problem } from '@streamvault/api-contract';
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { exampleOf, type OpenApiSchema } from './openapi-examples.js';

const schemas = z.toJSONSchema(problem).$defs ?? {};

/** What any route may answer, beside what it names itself. */
const ANY_ROUTE = [401, 403, 429, 503] as const;
const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head'] as const;

const refusalOf = (status: number) => ({
  description: STATUS_CODES[status] ?? '',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

/**
 * What all routes share is told once and referred to (references in OpenAPI start at the document's root): refusals that any of them may
 * answer, and an example for every body.
 */
export function completed(document: OpenAPIObject): OpenAPIObject {
  const { components, paths } = document;
  const named = { ...components?.schemas, ...(schemas as object) } as Record<string, OpenApiSchema>;
  for (const path of Object.values(paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (operation === undefined) continue;
      for (const status of ANY_ROUTE) operation.responses[status] ??= refusalOf(status);
      const bodies = [operation.requestBody, ...Object.values(operation.responses)];
      for (const body of bodies) if (body !== undefined && 'content' in body) addExamples(body.content ?? {}, named);
    }
  }
  return { ...document, components: { ...components, schemas: named } as OpenAPIObject['components'] & object };
}

function addExamples(
  content: Record<string, { schema?: unknown; example?: unknown }>,
  named: Record<string, OpenApiSchema>,
): void {
  for (const [type, media] of Object.entries(content))
    if (type === 'application/json' && media.schema !== undefined)
      media.example ??= exampleOf(media.schema as OpenApiSchema, named);
}

/** `StreamersController.list` is `streamersList`: the names of generated clients' functions. */
export const operationIdOf = (controller: string, method: string): string => {
  const name = controller.replace(/Controller$/, '');
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}${method.charAt(0).toUpperCase()}${method.slice(1)}`;
};

/** What a route answers, for OpenAPI: from the schemas that the console is compiled against. */
export function Answers(status: number, schema: z.ZodType | undefined, summary: string, ...refusals: number[]) {
  return applyDecorators(
    ApiOperation({ summary }),
    ApiResponse({
      status,
      description: STATUS_CODES[status] ?? '',
      ...(schema && { standardSchema: schema }),
    }),
    ...refusals.map((refusal) => ApiResponse({ status: refusal, ...refusalOf(refusal) })),
  );
}
