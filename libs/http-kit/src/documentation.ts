import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse, type OpenAPIObject } from '@nestjs/swagger';
import { problem } from '@streamvault/api-contract';
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';

const schemas = z.toJSONSchema(problem).$defs ?? {};

/** A refusal is described once and referred to by every route: references in OpenAPI start at the document's root. */
export function withProblemSchema(document: OpenAPIObject): OpenAPIObject {
  const { components } = document;
  return { ...document, components: { ...components, schemas: { ...components?.schemas, ...(schemas as object) } } };
}

/** What a route answers, for OpenAPI: from the schemas with which the console is compiled. */
export function Answers(status: number, schema: z.ZodType | undefined, summary: string, ...refusals: number[]) {
  return applyDecorators(
    ApiOperation({ summary }),
    ApiResponse({
      status,
      description: STATUS_CODES[status] ?? '',
      ...(schema && { standardSchema: schema }),
    }),
    ...refusals.map((refusal) =>
      ApiResponse({
        status: refusal,
        description: STATUS_CODES[refusal] ?? '',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      }),
    ),
  );
}
