import { setTimeout as pause } from 'node:timers/promises'
import { anvilClient } from '@coffer/simulator/anvil-client'
import { displayUnits } from '@coffer/simulator/display-units'
import { payTransfers } from '@coffer/simulator/pay-transfers'
import { Command } from 'commander'
import { ApiCallError, type ApiClient, apiClient } from '../api-client.ts'
import { endWith } from '../end-with.ts'
import { printJson, progress } from '../progress.ts'
import { type ApiOptions, target, withApi } from './api-options.ts'
import { wholeNumber } from './whole-number.ts'

type PayOptions = ApiOptions & { rpc?: string; asset?: string; wait: number }

/** How often it is looked what became of a deposit, milliseconds. */
const LOOK_MS = 50

/** A deposit as the API tells it. */
type Deposit = { id: string; status: string; confirmations: number; reason?: string }

/** `coffer simulate pay`: one payment on a local chain, until it is credited. */
export const simulatePay = withApi(
  new Command('pay')
    .description('Pay to an address on an Anvil chain, and tell what Coffer makes of it.')
    .argument('<address>', 'who is paid')
    .argument('<amount>', 'such as 0.25')
    .option('--asset <id>', 'such as eip155:31337/erc20:0x…; default: the chain’s coin')
    .option('--wait <seconds>', 'for its end at most so long; 0 waits for nothing', wholeNumber, 60)
    .option('--rpc <url>', 'the Anvil, default RPC_URLS or that of the Coffer started here'),
).action(async (address: string, text: string, options: PayOptions) => {
  const { rpcUrl, ...access } = await target(options)
  const chain = await anvilClient(rpcUrl).chain()
  const { asset = `${chain}/slip44:60`, wait, json } = options
  const { line } = progress()

  const amount = await displayUnits(rpcUrl, asset, text)
  const [paid] = await payTransfers(rpcUrl, [{ to: address, asset, amount }])
  const { txHash = '', blockNumber = 0n } = paid ?? {}
  const position = asset.includes('/erc20:') ? 'log:0' : 'value'
  const id = `${chain}:${txHash}:${position}`
  if (!json) line(`paid in block ${blockNumber}: ${id}`)
  if (wait === 0) return json ? printJson({ id, amount }) : undefined

  const tell = (deposit: Deposit) => line(told(deposit))
  const deposit = await ended(apiClient(access), id, { wait, tell: json ? () => {} : tell })
  if (deposit?.status !== 'credited') endWith('unwell')
  if (json) return printJson(deposit ?? { id, amount, status: 'unknown' })
  if (deposit === undefined) line(`nothing is known of it after ${wait} s: does the scanner run?`)
})

const OPEN = new Set(['seen', 'final'])

type Waited = { wait: number; tell: (deposit: Deposit) => void }

/** What became of a deposit, or what it was at last; `undefined` if nobody has heard of it. */
async function ended(api: ApiClient, id: string, { wait, tell }: Waited) {
  const deadline = performance.now() + wait * 1_000
  let last: Deposit | undefined
  while (performance.now() < deadline) {
    const found = await lookedUp(api, id)
    if (found !== undefined && told(found) !== (last && told(last))) tell(found)
    last = found ?? last
    if (last !== undefined && !OPEN.has(last.status)) return last
    await pause(LOOK_MS)
  }
  return last
}

/** A deposit; `undefined` before its block was scanned. */
async function lookedUp(api: ApiClient, id: string): Promise<Deposit | undefined> {
  try {
    return await api<Deposit>('GET', `/v1/deposits/${encodeURIComponent(id)}`)
  } catch (error) {
    if (error instanceof ApiCallError && error.status === 404) return undefined
    throw error
  }
}

const told = ({ status, confirmations, reason }: Deposit) =>
  [`${status}, ${confirmations} confirmations`, ...(reason ? [reason] : [])].join(': ')
