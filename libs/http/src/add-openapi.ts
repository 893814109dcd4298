import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { OpenAPIV3_1 } from 'openapi-types'
import { z } from 'zod'
import { PROBLEM_TYPE, problemSchema } from './problem.ts'

/** The documentation page loads nothing from elsewhere and runs no script but its own. */
const DOCS_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "object-src 'none'; base-uri 'self'; frame-ancestors 'none'"

/**
 * Describes every route that is added from now on in an OpenAPI 3.1 document at `/openapi.json`,
 * made from the schemas that check requests, and shows it to people at `/docs`.
 */
export async function addOpenapi(
  server: FastifyInstance,
  { title, version }: { title: string; version: string },
): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.1',
      info: { title, version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
      servers: [{ url: '/' }],
      security: [{ apiKey: [] }],
      components: {
        securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } },
      },
    },
    transform: (document) => {
      const { schema, url } = withStreamedBody(jsonSchemaTransform(document))
      return { url, schema: { ...schema, ...accessOf(document.route.config?.access) } }
    },
    transformObject: (document) =>
      'openapiObject' in document
        ? withProblems(document.openapiObject as OpenAPIV3_1.Document)
        : document.swaggerObject,
  })
  await server.register(swaggerUi, { routePrefix: '/docs', staticCSP: DOCS_POLICY })
  server.withTypeProvider<ZodTypeProvider>().get(
    '/openapi.json',
    {
      config: { access: 'public' },
      schema: {
        tags: ['documentation'],
        summary: 'This document',
        response: { 200: z.record(z.string(), z.unknown()) },
      },
    },
    () => ({ ...server.swagger() }),
  )
}

/** The pages that show the document are everybody's, as it is. Added before the guard. */
export function declareDocs(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    if (/^\/docs(\/|$)/.test(route.url)) route.config = { ...route.config, access: 'public' }
  })
}

/** A body that is read as it arrives is checked by no schema: here it is text. */
function withStreamedBody(route: ReturnType<typeof jsonSchemaTransform>) {
  const { schema, url } = route
  // A route without a schema has none here either, whatever the type says.
  const isStreamed = schema?.consumes !== undefined && schema.body === undefined
  return isStreamed ? { url, schema: { ...schema, body: { type: 'string' } } } : route
}

/** That public operations need no key, and what a key must allow for others. */
const accessOf = (access: string | undefined) =>
  access === 'public' ? { security: [] } : { 'x-scope': access }

/** Adds to every operation how it tells of errors. */
function withProblems(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => [
    path,
    Object.fromEntries(
      Object.entries(item ?? {}).map(([method, operation]) => [
        method,
        withProblem(operation as OpenAPIV3_1.OperationObject),
      ]),
    ),
  ])
  return {
    ...document,
    paths: Object.fromEntries(paths),
    components: {
      ...document.components,
      responses: {
        Problem: {
          description: 'What was wrong, what was expected, what to do. RFC 9457.',
          content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      schemas: { ...document.components?.schemas, Problem: problemAsJsonSchema() },
    },
  }
}

const withProblem = (operation: OpenAPIV3_1.OperationObject) => ({
  ...operation,
  ...(mayBeNothing(operation.requestBody) ? { requestBody: optional(operation.requestBody) } : {}),
  responses: { ...operation.responses, default: { $ref: '#/components/responses/Problem' } },
})

type Body = OpenAPIV3_1.OperationObject['requestBody']

/** A body that may be null may be left out: see `readEmptyJsonAsNothing`. */
function mayBeNothing(body: Body): body is OpenAPIV3_1.RequestBodyObject {
  if (body === undefined || '$ref' in body) return false
  const schema = body.content['application/json']?.schema
  const choices = schema !== undefined && 'anyOf' in schema ? (schema.anyOf ?? []) : []
  return choices.some((choice) => 'type' in choice && choice.type === 'null')
}

const optional = (body: OpenAPIV3_1.RequestBodyObject) => ({ ...body, required: false })

function problemAsJsonSchema(): OpenAPIV3_1.SchemaObject {
  const { $schema: _, ...schema } = z.toJSONSchema(problemSchema)
  return schema as OpenAPIV3_1.SchemaObject
}
