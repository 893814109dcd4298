import { Command } from 'commander'
import type { ApiClient } from '../api-client.ts'
import { printJson, progress } from '../progress.ts'
import { type ApiOptions, apiOf, withApi } from './api-options.ts'
import { type RescanStatus, whenDone } from './rescan.ts'
import { wholeNumber } from './whole-number.ts'

/** A gap as the API tells it. */
type Gap = {
  id: number
  chain: string
  kind: string
  fromBlock: number
  toBlock: number
  reason: string
  openedAt: string
  lastError?: string
  closedAt?: string
  closedBy?: string
}

const list = withApi(
  new Command('list')
    .description('List what is still owed of scanned blocks, newest first.')
    .option('--chain <id>', 'of this CAIP-2 chain only')
    .option('--all', 'those too that are closed'),
).action(async (options: ApiOptions & { chain?: string; all?: true }) => {
  const found = await gapsOf(await apiOf(options), options)
  if (options.json) return printJson(found)
  for (const gap of found) console.log(lineOf(gap))
  if (found.length === 0) console.log(options.all ? 'There are no gaps.' : 'No gap is open.')
})

const rescan = withApi(
  new Command('rescan')
    .description('Read the blocks of a gap again, and close it by that.')
    .argument('<id>', 'of the gap', wholeNumber),
).action(async (id: number, options: ApiOptions) => {
  const api = await apiOf(options)
  const { bar } = progress()
  const requested = await api<RescanStatus>('POST', `/v1/admin/gaps/${id}/rescan`)
  const result = await whenDone(api, requested, (done, of) => bar('blocks', done, of))
  if (options.json) return printJson(result)
  const { fromBlock, toBlock, found, added } = result
  console.log(
    `Gap ${id}: blocks ${fromBlock} to ${toBlock} read again, ${found} deposits found, ` +
      `${added} of them new.`,
  )
})

/** `coffer gaps`: what is still owed of scanned blocks. */
export const gaps = new Command('gaps')
  .description('Blocks of which something is still owed.')
  .addCommand(list)
  .addCommand(rescan)

async function gapsOf(
  api: ApiClient,
  { chain, all }: { chain?: string; all?: true },
): Promise<Gap[]> {
  const found: Gap[] = []
  let cursor: string | null = null
  do {
    const query = new URLSearchParams({
      limit: '200',
      ...(chain === undefined ? {} : { chain }),
      ...(all ? {} : { open: 'true' }),
      ...(cursor === null ? {} : { cursor }),
    })
    const page: { items: Gap[]; nextCursor: string | null } = await api(
      'GET',
      `/v1/admin/gaps?${query}`,
    )
    found.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return found
}

function lineOf({ id, chain, kind, fromBlock, toBlock, reason, ...gap }: Gap): string {
  const blocks = fromBlock === toBlock ? `block ${fromBlock}` : `blocks ${fromBlock} to ${toBlock}`
  const closed = gap.closedAt ? ` (closed by ${gap.closedBy}, ${gap.closedAt})` : ''
  const failed = gap.lastError ? ` Last error: ${gap.lastError}` : ''
  return `${id}  ${chain}  ${kind}  ${blocks}${closed}: ${reason}${failed}`
}
