import { callerOf, tenantOf } from '@coffer/http/caller'
import type { Routes } from '@coffer/http/server'
import { type IssueKeyOptions, issueKey, KeyUnknownError, rotateKey } from './usecases/issue-key.ts'
import * as wire from './wire.ts'

const tags = ['keys']

/** Keys: who may call, and what. */
export function keyRoutes(options: IssueKeyOptions): Routes {
  return async (app) => {
    await app.register(listAndMake(options))
    await app.register(change(options))
  }
}

function listAndMake(options: IssueKeyOptions): Routes {
  const { book } = options
  const issue = issueKey(options)
  return async (app) => {
    app.post(
      '/v1/keys',
      {
        config: { access: 'keys:write' },
        schema: {
          tags,
          summary: 'Make a key; its secret is shown this once',
          body: wire.newKey,
          response: { 201: wire.issuedKey },
        },
      },
      async (request, reply) => {
        const { tenant = null, expiresAt, ...rest } = request.body
        const expires = expiresAt === undefined ? null : new Date(expiresAt)
        const by = callerOf(request)
        const issued = await issue({ ...rest, tenant, expiresAt: expires, by })
        return reply.status(201).send(wire.issuedOnWire(issued))
      },
    )
    app.get(
      '/v1/keys',
      {
        config: { access: 'keys:read' },
        schema: {
          tags,
          summary: 'Keys, the newest first, without their secrets',
          querystring: wire.keyQuery,
          response: { 200: wire.keyList },
        },
      },
      async (request) => {
        const { tenant: asked, limit, cursor: before } = request.query
        const own = tenantOf(request)
        // Of another tenant there are none.
        if (own !== undefined && asked !== undefined && own !== asked) {
          return { items: [], nextCursor: null }
        }
        const found = await book.list({ tenant: own ?? asked, before, limit: limit + 1 })
        const items = found.slice(0, limit).map(wire.keyOnWire)
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
      },
    )
  }
}

function change(options: IssueKeyOptions): Routes {
  const { book } = options
  const rotate = rotateKey(options)
  const config = { access: 'keys:write', names: { id: 'key' } }
  return async (app) => {
    app.post(
      '/v1/keys/:id/rotate',
      {
        config,
        schema: {
          tags,
          summary: 'Give a key a new secret; the old one is good for a while longer',
          params: wire.keyParams,
          body: wire.rotation.nullish(),
          response: { 200: wire.issuedKey },
        },
      },
      async (request) => {
        const { graceSeconds } = request.body ?? wire.rotation.parse({})
        const by = callerOf(request)
        return wire.issuedOnWire(await rotate(request.params.id, { graceSeconds, by }))
      },
    )
    app.post(
      '/v1/keys/:id/revoke',
      {
        config,
        schema: {
          tags,
          summary: 'Refuse a key from now on, everywhere within a second',
          params: wire.keyParams,
          response: { 200: wire.key },
        },
      },
      async ({ params: { id } }) => {
        const revoked = await book.revoke(id)
        if (revoked === undefined) throw new KeyUnknownError(id)
        return wire.keyOnWire(revoked)
      },
    )
  }
}
