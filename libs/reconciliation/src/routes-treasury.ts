import { txHash } from '@coffer/evm/hash'
import type { Routes } from '@coffer/http/server'
import { z } from 'zod'
import type { bookFunding } from './usecases/book-funding.ts'

export type TreasuryRoutesOptions = {
  bookFunding: ReturnType<typeof bookFunding>
  /** Told of what was booked. */
  onFunded: (facts: { chain: string; transaction: string; references: readonly string[] }) => void
}

const fundingRequest = z.strictObject({
  chain: z.string().describe('Its CAIP-2 id'),
  transaction: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/, 'Expected 0x and 64 hex digits')
    .describe('Its hash'),
})

const fundingAnswer = z.strictObject({
  chain: z.string(),
  transaction: z.string(),
  block: z.string().describe('The height of its block'),
  fundings: z.array(
    z.strictObject({
      reference: z.string().describe('Of the ledger transaction'),
      position: z.string().describe('Where in the transaction: value, log:n or trace:n'),
      asset: z.string(),
      amount: z.string().describe('A decimal string of the smallest unit'),
      from: z.string(),
      to: z.string(),
      isNew: z.boolean().describe('Whether it was booked now, and not before'),
    }),
  ),
})

/** What we ourselves put into our wallets. */
export function treasuryRoutes({ bookFunding, onFunded }: TreasuryRoutesOptions): Routes {
  return async (app) => {
    app.post(
      '/v1/treasury/fundings',
      {
        config: { access: 'reconciliation:write' },
        schema: {
          tags: ['reconciliation'],
          summary: 'Book what a transaction brought to our own wallets as capital',
          description:
            'The transaction is looked up on the chain and must be final. Each of its transfers ' +
            'is booked once: repeating the request changes nothing.',
          body: fundingRequest,
          response: { 200: fundingAnswer },
        },
      },
      async ({ body: { chain, transaction: text } }) => {
        const transaction = txHash(text)
        const { block, fundings } = await bookFunding({ chain, transaction })
        const fresh = fundings.filter(({ isNew }) => isNew)
        const references = fresh.map(({ reference }) => reference)
        if (references.length > 0) onFunded({ chain, transaction, references })
        return {
          ...{ chain, transaction, block: `${block}` },
          fundings: fundings.map(({ amount, ...rest }) => ({ ...rest, amount: `${amount}` })),
        }
      },
    )
  }
}
