import { Command } from 'commander'
import { printJson } from '../progress.ts'
import { type ApiOptions, apiOf, withApi } from './api-options.ts'
import { onlyChain } from './only-chain.ts'

type Chain = { chain: string; latched: boolean; latchedReason: string | null }
type Block = { number: number; hash: string }

/** What lifting a latch does, or did, as the API tells it. */
type Unlatch = {
  chain: string
  done: boolean
  reason: string
  checkpoint: Block | null
  final: number | null
  head: Block
  keeps: Block | null
  blocks: number
  belowFinal: boolean
  reversed: number
  deposits: { id: string; owner: string; asset: string; amount: string; blockNumber: number }[]
}

const latched = withApi(
  new Command('latched').description('List the chains that wait for an operator, and why.'),
).action(async (options: ApiOptions) => {
  const api = await apiOf(options)
  const { items } = await api<{ items: Chain[] }>('GET', '/v1/chains')
  const waiting = items.filter((item) => item.latched)
  if (options.json) {
    return printJson(waiting.map(({ chain, latchedReason: reason }) => ({ chain, reason })))
  }
  for (const { chain, latchedReason } of waiting) console.log(`${chain}: ${latchedReason}`)
  if (waiting.length === 0) console.log('No chain is latched.')
})

const unlatch = withApi(
  new Command('unlatch')
    .description(
      'Let a latched chain go on with what its node has now. Without --yes it says what would be ' +
        'taken back, and does nothing.',
    )
    .option('--chain <id>', 'CAIP-2 chain, default the only one there is')
    .option('--yes', 'do it'),
).action(async (options: ApiOptions & { chain?: string; yes?: true }) => {
  const api = await apiOf(options)
  const chain = options.chain ?? (await onlyChain(api))
  const path = `/v1/admin/chains/${encodeURIComponent(chain)}/unlatch`
  const plan = await api<Unlatch>('POST', path, { dryRun: true })
  if (!options.json) for (const line of planLines(plan)) console.log(line)
  if (!options.yes) {
    if (options.json) return printJson(plan)
    console.log('Nothing was done. Run it again with --yes to do this.')
    return
  }
  // Whatever changed since the plan was printed is refused.
  const keeps = plan.keeps?.hash ?? null
  const done = await api<Unlatch>('POST', path, { dryRun: false, keeps })
  if (options.json) return printJson(done)
  console.log(`Done: ${done.blocks} blocks taken back, ${done.reversed} deposits reversed.`)
})

/** `coffer chain`: what an operator does about the chains. */
export const chain = new Command('chain')
  .description('Chains that are followed.')
  .addCommand(latched)
  .addCommand(unlatch)

function planLines(plan: Unlatch): string[] {
  const { checkpoint, keeps, head, final, blocks, reversed, deposits } = plan
  const named = deposits.map(
    ({ id, owner, asset, amount, blockNumber }) =>
      `  block ${blockNumber}: ${amount} of ${asset} to ${owner} (${id})`,
  )
  if (reversed > deposits.length) named.push(`  and ${reversed - deposits.length} more`)
  const first = keeps ? `block ${keeps.number + 1}` : 'the first block'
  return [
    `${plan.chain} is latched: ${plan.reason}`,
    `The node's newest block is ${head.number} (${head.hash}).`,
    blocks === 0
      ? 'No block is taken back: the node has nothing that differs from what is stored.'
      : `Blocks taken back: ${blocks}, from ${first} to ${checkpoint?.number}.`,
    ...(plan.belowFinal ? [`That is deeper than finality: blocks up to ${final} were final.`] : []),
    `Published deposits reversed: ${reversed}${reversed > 0 ? ', from their owners:' : '.'}`,
    ...named,
  ]
}
