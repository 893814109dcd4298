import { Command } from 'commander'
import { printJson } from '../progress.ts'
import { type ApiOptions, apiOf, withApi } from './api-options.ts'
import { onlyChain } from './only-chain.ts'

/** What was booked, as the API tells it. */
type Funded = {
  chain: string
  transaction: string
  block: string
  fundings: {
    reference: string
    asset: string
    amount: string
    from: string
    to: string
    isNew: boolean
  }[]
}

type FundOptions = ApiOptions & { transaction: string; chain?: string }

const fund = withApi(
  new Command('fund')
    .description(
      'Book what a transaction brought to our own wallets from outside as capital. It must be ' +
        'final; repeating it books nothing twice.',
    )
    .requiredOption('--transaction <hash>', 'that sent it')
    .option('--chain <id>', 'its CAIP-2 chain, if there are several'),
).action(async ({ transaction, chain, ...options }: FundOptions) => {
  const api = await apiOf(options)
  const body = { chain: chain ?? (await onlyChain(api)), transaction }
  const funded = await api<Funded>('POST', '/v1/treasury/fundings', body)
  if (options.json) return printJson(funded)
  for (const { amount, asset, from, to, reference, isNew } of funded.fundings) {
    const what = isNew ? 'Booked' : 'Booked before'
    console.log(`${what}: ${amount} of ${asset}, ${from} → ${to}\n  ${reference}`)
  }
})

/** `coffer treasury`: what we ourselves put into our wallets. */
export const treasury = new Command('treasury')
  .description('What we ourselves put into our wallets.')
  .addCommand(fund)
