import { Command } from 'commander'
import { printJson } from '../progress.ts'
import { type ApiOptions, apiOf, withApi } from './api-options.ts'

type Chain = {
  chain: string
  final: number | null
  auditedTo: number | null
  gaps: number
  gapBlocks: number
}

const status = withApi(
  new Command('status').description('Tell how far the audit of each chain is.'),
).action(async (options: ApiOptions) => {
  const api = await apiOf(options)
  const { items } = await api<{ items: Chain[] }>('GET', '/v1/chains')
  if (options.json) {
    const facts = ({ chain, final, auditedTo, gaps, gapBlocks }: Chain) => {
      return { chain, final, auditedTo, gaps, gapBlocks }
    }
    return printJson(items.map(facts))
  }
  for (const { chain, final, auditedTo, gaps } of items) {
    const audited = auditedTo === null ? 'nothing audited yet' : `audited to block ${auditedTo}`
    const owed = gaps === 0 ? 'no gap is open' : `${gaps} open: see coffer gaps list`
    console.log(`${chain}: ${audited}, final to ${final ?? 'no block'}, ${owed}`)
  }
})

/** `coffer audit`: how far blocks were read once more. */
export const audit = new Command('audit')
  .description('The second reading of final blocks.')
  .addCommand(status)
