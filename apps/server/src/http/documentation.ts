import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { problem } from '@streamvault/api-contract';
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';

const { $schema: _, ...problemSchema } = z.toJSONSchema(problem) as Record<string, object>;

/** What a route answers, for OpenAPI: from the schemas that the console is compiled against. */
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
        content: { 'application/problem+json': { schema: problemSchema } },
      }),
    ),
  );
}
