import type { TransactionView } from '@coffer/ledger/find-transaction'
import { z } from 'zod'

const entry = z.strictObject({
  owner: z.string(),
  account: z.string().describe('Its code in the chart of accounts'),
  asset: z.string(),
  amount: z.string().describe('A debit is positive, a credit negative'),
})

export const transaction = z.strictObject({
  id: z.string(),
  reference: z.string(),
  code: z.string().describe('Why, such as deposit.credit'),
  owner: z.string(),
  phase: z.string().nullable().describe('held: it only reserves; posted, voided, expired: ends it'),
  refused: z.boolean(),
  eventAt: z.iso.datetime(),
  recordedAt: z.iso.datetime(),
  resolves: z.string().nullable().describe('The hold that it ends'),
  reverses: z.string().nullable().describe('What it takes back'),
  entries: z.array(entry),
})

export const transactionOnWire = (view: TransactionView): z.output<typeof transaction> => ({
  ...{ id: view.id, reference: view.reference, code: view.code, owner: view.owner },
  phase: view.phase ?? null,
  refused: view.isRefused,
  eventAt: view.eventAt.toISOString(),
  recordedAt: view.recordedAt.toISOString(),
  resolves: view.resolves ?? null,
  reverses: view.reverses ?? null,
  entries: view.entries.map(({ owner, code: account, asset, amount }) => {
    return { owner, account, asset, amount: `${amount}` }
  }),
})
