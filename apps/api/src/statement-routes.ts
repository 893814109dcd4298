import type { Routes } from '@coffer/http/server'
import type { Statement, StatementLine, StatementRequest } from '@coffer/ledger/statement'
import { parseStatementCursor, statementCursor } from '@coffer/ledger/statement-cursor'
import { type Asset, parseAssetId } from '@coffer/money/asset'
import { UserUnknownError } from '@coffer/wallets/assign-address'
import type { Owners } from '@coffer/wallets/ports'
import { z } from 'zod'

export type StatementRoutesOptions = {
  owners: Pick<Owners, 'find'>
  readStatement: (request: StatementRequest) => Promise<Statement>
  assets: readonly Asset[]
}

const units = (of: string) => z.string().describe(`Whole number of the smallest unit: ${of}`)

const line = z.strictObject({
  transactionId: z.string(),
  reference: z.string().describe('Unique for ever; of a deposit it tells which'),
  code: z.string().describe('Why, such as deposit.credit'),
  eventAt: z.iso.datetime().describe('When it happened'),
  recordedAt: z.iso.datetime().describe('When it was booked'),
  amount: units('what came, or went if it is negative'),
  balance: units('what the user had after it'),
})

const statement = z.strictObject({
  asset: z.string(),
  symbol: z.string().nullable().describe('null when the asset is not configured any more'),
  decimals: z.int().nullable(),
  opening: units('what the user had before the first line of the first page'),
  closing: units('what the user had after the last line of the last page'),
  items: z.array(line),
  nextCursor: z.string().nullable(),
})

const query = z.strictObject({
  asset: z.string().describe('CAIP-19'),
  from: z.iso.datetime().optional().describe('What was booked from then on'),
  to: z.iso.datetime().optional().describe('What was booked before then. Default: until now'),
  cursor: z.string().optional().describe('nextCursor of the page before; from and to are in it'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** What was booked for a user, line by line. */
export function statementRoutes(options: StatementRoutesOptions): Routes {
  const { owners, readStatement, assets } = options
  return async (app) => {
    app.get(
      '/v1/users/:id/statement',
      {
        config: { access: 'users:read', names: { id: 'user' } },
        schema: {
          tags: ['users'],
          summary: 'What was booked for a user of one asset, in the order in which it was',
          params: z.strictObject({ id: z.uuid() }),
          querystring: query,
          response: { 200: statement },
        },
      },
      async ({ params: { id }, query: { asset: text, from, to, cursor, limit } }) => {
        const asset = parseAssetId(text)
        const place = cursor === undefined ? undefined : parseStatementCursor(cursor)
        if ((await owners.find(id)) === undefined) throw new UserUnknownError(id)
        const found = await readStatement({
          owner: id,
          asset,
          from: from === undefined ? undefined : new Date(from),
          to: to === undefined ? undefined : new Date(to),
          place,
          limit,
        })
        const known = assets.find((each) => each.id === asset)
        return {
          asset,
          symbol: known?.symbol ?? null,
          decimals: known?.decimals ?? null,
          opening: found.opening.toString(),
          closing: found.closing.toString(),
          items: found.lines.map(lineOnWire),
          nextCursor: found.next ? statementCursor(found.next) : null,
        }
      },
    )
  }
}

const lineOnWire = ({ eventAt, recordedAt, amount, balance, ...rest }: StatementLine) => ({
  ...rest,
  eventAt: eventAt.toISOString(),
  recordedAt: recordedAt.toISOString(),
  amount: amount.toString(),
  balance: balance.toString(),
})
