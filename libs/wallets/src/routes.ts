import { Readable } from 'node:stream'
import { chainOnWire } from '@coffer/events/wire'
import { callerOf } from '@coffer/http/caller'
import type { Routes } from '@coffer/http/server'
import { textLines } from '@coffer/http/text-lines'
import { z } from 'zod'
import type { Owner, Owners } from './ports.ts'
import { type assignAddress, UserUnknownError } from './usecases/assign-address.ts'
import type { createUser } from './usecases/create-user.ts'
import type { importAddresses } from './usecases/import-addresses.ts'

export type WalletRoutesOptions = {
  owners: Owners
  createUser: ReturnType<typeof createUser>
  assignAddress: ReturnType<typeof assignAddress>
  importAddresses: ReturnType<typeof importAddresses>
}

const user = z.strictObject({
  id: z.uuid(),
  externalId: z.string().nullable(),
  createdAt: z.iso.datetime(),
})

const userParams = z.strictObject({ id: z.uuid().describe('The id that POST /v1/users answered') })

const newUser = z.strictObject({
  externalId: z
    .string()
    .optional()
    .describe('Your own name for the user. The same one always answers the same user.'),
})

const address = z.strictObject({
  address: z.string().describe('20 bytes, lower-case hex'),
  chain: z.string(),
  watchedFrom: z.int().describe('First block whose deposits to the address are seen'),
})

const importReport = z.strictObject({
  imported: z.int(),
  existing: z.int(),
  rejected: z
    .array(z.strictObject({ line: z.int(), reason: z.string() }))
    .describe('At most 1,000; rejectedCount counts all'),
  rejectedCount: z.int(),
})

/** Longest line of an import, characters: an external id may be escaped letter by letter. */
const LINE_LENGTH_MAX = 4_096

/** Users and their addresses. */
export function walletRoutes(options: WalletRoutesOptions): Routes {
  return async (app) => {
    await app.register(userRoutes(options))
    await app.register(importRoute(options))
  }
}

function userRoutes({ owners, createUser, assignAddress }: WalletRoutesOptions): Routes {
  const tags = ['users']
  return async (app) => {
    app.post(
      '/v1/users',
      {
        config: { access: 'users:write' },
        schema: {
          tags,
          summary: 'Make a user, or find the one with this external id',
          body: newUser.nullish(),
          response: { 200: user, 201: user },
        },
      },
      async (request, reply) => {
        const { tenant } = callerOf(request)
        const { owner, isNew } = await createUser(request.body?.externalId, tenant)
        return reply.status(isNew ? 201 : 200).send(userOnWire(owner))
      },
    )
    app.get(
      '/v1/users/:id',
      {
        config: { access: 'users:read', names: { id: 'user' } },
        schema: { tags, summary: 'One user', params: userParams, response: { 200: user } },
      },
      async ({ params: { id } }) => {
        const owner = await owners.find(id)
        if (owner === undefined) throw new UserUnknownError(id)
        return userOnWire(owner)
      },
    )
    app.post(
      '/v1/users/:id/addresses',
      {
        config: { access: 'users:write', names: { id: 'user' } },
        schema: {
          tags: ['addresses'],
          summary: 'Give a user one more address on a chain',
          params: userParams,
          body: z.strictObject({ chain: chainOnWire }),
          response: { 201: address },
        },
      },
      async ({ params: { id }, body: { chain } }, reply) => {
        const assigned = await assignAddress(id, chain)
        return reply.status(201).send({
          address: assigned.address,
          chain: assigned.chain,
          watchedFrom: Number(assigned.watchedFrom),
        })
      },
    )
  }
}

function importRoute({ importAddresses }: WalletRoutesOptions): Routes {
  return async (app) => {
    // The body is read as it arrives, whatever a client calls it, and never held as a whole.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    app.post(
      '/v1/addresses/import',
      {
        config: { access: 'users:write' },
        schema: {
          tags: ['addresses'],
          summary: 'Watch addresses whose keys are elsewhere',
          description:
            'One JSON object a line: {"owner", "address", "chain"}. The owner is a user\'s id or ' +
            'an external id; a user is made for an external id that is new. Repeating an import ' +
            'changes nothing.',
          consumes: ['application/x-ndjson'],
          response: { 200: importReport },
        },
      },
      async (request) => {
        const bytes = (request.body as Readable | undefined) ?? Readable.from([])
        const { tenant } = callerOf(request)
        return await importAddresses(textLines(bytes, LINE_LENGTH_MAX), tenant)
      },
    )
  }
}

const userOnWire = ({ id, externalId, createdAt }: Owner) => ({
  id,
  externalId,
  createdAt: createdAt.toISOString(),
})
