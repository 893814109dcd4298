import { AppError } from '@coffer/errors/app-error'
import { assetOnWire } from '@coffer/events/wire'
import type { Routes } from '@coffer/http/server'
import {
  type AccountEntry,
  type AccountView,
  type EntryPlace,
  listAccounts,
  listEntries,
} from '@coffer/ledger/account-lists'
import { chartOfAccounts, isAccountCode } from '@coffer/ledger/chart-of-accounts'
import { findTransaction } from '@coffer/ledger/find-transaction'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { z } from 'zod'
import { transaction, transactionOnWire } from './ledger-wire.ts'

const tags = ['ledger']
const owner = z.string().min(1).max(100).describe("An owner's id, or system")
const code = z.string().refine(isAccountCode, 'Expected a code of the chart of accounts.')
const units = (of: string) => z.string().describe(`Whole number of the smallest unit: ${of}`)
const limit = z.coerce.number().int().min(1).max(200).default(50)

/** A place that an answer named, as one text. */
const place = <Value>(schema: z.ZodType<Value>) =>
  z
    .string()
    .max(4_000)
    .transform((text, context) => {
      try {
        return schema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
      } catch {
        context.addIssue({ code: 'custom', message: 'Expected the nextCursor of an earlier page.' })
        return z.NEVER
      }
    })
    .describe('nextCursor of the answer before')

const placeText = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

const accountName = z.strictObject({ owner: z.string(), code: z.string(), asset: z.string() })
const accountQuery = z.strictObject({
  owner: owner.optional(),
  code: code.optional(),
  asset: assetOnWire.optional(),
  cursor: place(accountName).optional(),
  limit,
})
const entryQuery = z.strictObject({
  owner,
  code,
  asset: assetOnWire,
  cursor: place(z.record(z.string().regex(/^\d{1,5}$/), z.int().min(0))).optional(),
  limit,
})

const account = z.strictObject({
  owner: z.string(),
  code: z.string(),
  asset: z.string(),
  class: z.string().describe('asset, liability, revenue, expense, suspense, memorandum or equity'),
  normalSide: z.enum(['debit', 'credit']).describe('The side on which it grows'),
  balance: units('what is booked on it, positive on its normal side'),
  held: units('what holds reserve of it'),
  debits: units('of all that was booked'),
  credits: units('of all that was booked'),
  entries: z.int(),
  openedAt: z.iso.datetime(),
})

const entry = z.strictObject({
  transactionId: z.string(),
  reference: z.string(),
  code: z.string(),
  eventAt: z.iso.datetime(),
  recordedAt: z.iso.datetime(),
  amount: units('a debit is positive, a credit negative'),
  balance: z.string().nullable().describe('Debits − credits after it; null of system accounts'),
})

const nextCursor = z.string().nullable().describe('null on the last page')

/** The books, as those who keep them read them. */
export function ledgerRoutes(postgres: Postgres): Routes {
  return async (app) => {
    await app.register(accountRoutes(postgres))
    await app.register(transactionRoute(postgres))
  }
}

function accountRoutes(postgres: Postgres): Routes {
  return async (app) => {
    app.get(
      '/v1/ledger/accounts',
      {
        config: { access: 'ledger:read' },
        schema: {
          tags,
          summary: 'Accounts by their names, each with what it has',
          querystring: accountQuery,
          response: { 200: z.strictObject({ items: z.array(account), nextCursor }) },
        },
      },
      async ({ query: { cursor: after, limit, ...named } }) => {
        const found = await listAccounts(postgres, { ...named, after, limit: limit + 1 })
        const items = found.slice(0, limit).map(accountOnWire)
        const last = items.at(-1)
        const next = found.length > limit ? last : undefined
        return { items, nextCursor: next ? placeText(nameOf(next)) : null }
      },
    )
    app.get(
      '/v1/ledger/entries',
      {
        config: { access: 'ledger:read' },
        schema: {
          tags,
          summary: 'What was booked on an account, newest first',
          querystring: entryQuery,
          response: { 200: z.strictObject({ items: z.array(entry), nextCursor }) },
        },
      },
      async ({ query: { cursor, limit, ...name } }) => {
        const page = { ...(cursor ? { place: cursor as EntryPlace } : {}), limit }
        const { items, next } = await listEntries(postgres, { name, ...page })
        return { items: items.map(entryOnWire), nextCursor: next ? placeText(next) : null }
      },
    )
  }
}

function transactionRoute(postgres: Postgres): Routes {
  return async (app) => {
    app.get(
      '/v1/ledger/transactions/:id',
      {
        config: { access: 'ledger:read' },
        schema: {
          tags,
          summary: 'One transaction of the ledger with its entries',
          params: z.strictObject({
            id: z
              .string()
              .regex(/^[0-9]{1,18}$/)
              .transform(BigInt),
          }),
          response: { 200: transaction },
        },
      },
      async ({ params: { id } }) => {
        const found = await findTransaction(postgres, id)
        if (found === undefined) throw new LedgerTransactionUnknownError(id)
        return transactionOnWire(found)
      },
    )
  }
}

const nameOf = ({ owner, code, asset }: z.output<typeof account>) => ({ owner, code, asset })

function accountOnWire(view: AccountView): z.output<typeof account> {
  const { debitsPosted, creditsPosted, debitsPending, creditsPending } = view
  const line = isAccountCode(view.code) ? chartOfAccounts[view.code] : undefined
  const isDebit = line?.normalSide === 'debit'
  const balance = isDebit ? debitsPosted - creditsPosted : creditsPosted - debitsPosted
  return {
    ...{ owner: view.owner, code: view.code, asset: view.asset, entries: view.entries },
    class: line?.class ?? 'memorandum',
    normalSide: isDebit ? 'debit' : 'credit',
    balance: `${balance}`,
    held: `${isDebit ? creditsPending : debitsPending}`,
    debits: `${debitsPosted}`,
    credits: `${creditsPosted}`,
    openedAt: view.openedAt.toISOString(),
  }
}

const entryOnWire = ({ eventAt, recordedAt, amount, balance, ...rest }: AccountEntry) => ({
  ...rest,
  eventAt: eventAt.toISOString(),
  recordedAt: recordedAt.toISOString(),
  amount: `${amount}`,
  balance: balance === undefined ? null : `${balance}`,
})

/** Nothing was booked under this id. */
export class LedgerTransactionUnknownError extends AppError {
  readonly code = 'LEDGER_TRANSACTION_UNKNOWN'

  constructor(id: bigint) {
    super(`The ledger has no transaction ${id}. GET /v1/ledger/entries answers ids.`, {
      retry: 'never',
      details: { id },
    })
  }
}
