import { Command } from 'commander'
import { printJson } from '../progress.ts'
import { type ApiOptions, apiOf, withApi } from './api-options.ts'

/** A balance that nothing explains, as the API tells it. */
type Difference = {
  id: string
  chain: string
  address: string
  asset: string
  fromBlock: number
  toBlock: number
  expected: string
  found: string | null
}

type Page = { items: Difference[]; nextCursor: string | null }

const differences = withApi(
  new Command('differences').description(
    'List the addresses whose balances deposits do not explain, newest first.',
  ),
).action(async (options: ApiOptions) => {
  const api = await apiOf(options)
  const open: Difference[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const query = `open=true&limit=200${cursor && `&cursor=${cursor}`}`
    const page: Page = await api<Page>('GET', `/v1/admin/balance-differences?${query}`)
    open.push(...page.items)
    cursor = page.nextCursor
  }
  if (options.json) return printJson(open)
  for (const { id, address, asset, fromBlock, toBlock, expected, found } of open) {
    const said = found === null ? 'its token does not tell' : `${found} found`
    const where = `${address} of ${asset}, blocks ${fromBlock} to ${toBlock}`
    console.log(`${id}: ${where}: ${expected} expected, ${said}`)
  }
  if (open.length === 0) console.log('Deposits explain every balance that was looked at.')
})

const resolve = withApi(
  new Command('resolve')
    .description('Close a difference that you can explain. It changes no deposit and no balance.')
    .argument('<id>', 'as differences lists it')
    .requiredOption('--reason <text>', 'what explains it; it is kept'),
).action(async (id: string, options: ApiOptions & { reason: string }) => {
  const api = await apiOf(options)
  const { reason } = options
  const path = `/v1/admin/balance-differences/${encodeURIComponent(id)}/resolve`
  const closed = await api<Difference>('POST', path, { reason })
  if (options.json) return printJson(closed)
  console.log(`Difference ${closed.id} is closed.`)
})

/** `coffer balances`: what an operator does about balances that nothing explains. */
export const balances = new Command('balances')
  .description('Balances on chain, held against deposits.')
  .addCommand(differences)
  .addCommand(resolve)
