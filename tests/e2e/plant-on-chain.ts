import { eventMessage } from '@coffer/events/event'
import type { Asset, AssetId } from '@coffer/money/asset'
import { type AnvilClient, quantity } from '@coffer/simulator/anvil-client'
import { readBalances } from '@coffer/simulator/read-balances'
import { sql } from 'drizzle-orm'
import type { KnownPayment } from './month-standings.ts'
import type { Planted } from './planted-differences.ts'
import { observe } from './read-topics.ts'
import type { Observed } from './settled.ts'

export type PlantOnChainOptions = Observed & {
  node: AnvilClient
  assets: readonly Asset[]
  hotWallet: string
  trade: { payments: readonly KnownPayment[] }
}

/** Tampers with what our addresses hold and with what was paid, and has a deposit made up. */
export async function plantOnChain(options: PlantOnChainOptions): Promise<Planted[]> {
  const { assets } = options
  const [coin, dollar, token] = assets as readonly [Asset, Asset, Asset]
  const txHash = `0x${'cd'.repeat(32)}` as const
  await forgeDeposit(options, { asset: coin.id, txHash })
  await setBalance(options, { asset: dollar, more: 1_000n })
  await setBalance(options, { asset: token, more: -1_000n })
  const payout = await forgePayout(options, txHash)
  await options.node.mine()
  return [
    { name: 'we hold more than we know', kind: 'custody_surplus', about: dollar.id },
    { name: 'we hold less than we think', kind: 'custody_short', about: token.id },
    { name: 'nobody made this deposit', kind: 'credit_without_transfer', about: txHash },
    { name: 'nobody was paid this', kind: 'payout_without_transaction', about: payout },
  ]
}

/** Without a transfer, as if the contract itself had been broken. */
async function setBalance(
  { node, coffer, hotWallet }: PlantOnChainOptions,
  { asset, more }: { asset: Asset; more: bigint },
): Promise<void> {
  const rpcUrl = coffer.urls.RPC_URLS
  const balances = await readBalances({ rpcUrl, addresses: [hotWallet], assets: [asset] })
  const [own = {}] = Object.values(balances)
  const balance = (own[asset.id] ?? 0n) + more
  await node.request('anvil_dealERC20', [hotWallet, asset.contract, quantity(balance)])
}

/** Has a withdrawal name a transaction that is not there, as nobody may who is no superuser. */
async function forgePayout(
  { postgres }: PlantOnChainOptions,
  txHash: `0x${string}`,
): Promise<string> {
  const [forged] = await postgres.execute<{ id: string }>(sql`
    update withdrawals.withdrawals set tx_hash = decode(${txHash.slice(2)}, 'hex')
    where id = (select id from withdrawals.withdrawals where status = 'completed' limit 1)
    returning id`)
  if (forged === undefined) throw new Error('Nothing was paid so far.')
  return forged.id
}

async function forgeDeposit(
  { coffer, node, trade }: PlantOnChainOptions,
  { asset, txHash }: { asset: AssetId; txHash: `0x${string}` },
): Promise<void> {
  const payment = trade.payments.find((each) => each.asset === asset)
  if (payment === undefined) throw new Error(`Nobody was to pay in ${asset}.`)
  const chain = asset.split('/')[0] ?? ''
  // Of a block that is final, however long ago that was: a later one is left to a later run.
  const { timestamp } = await node.request<{ timestamp: string }>('eth_getBlockByNumber', [
    quantity(1n),
    false,
  ])
  const time = new Date(Number(timestamp) * 1_000).toISOString()
  const data = {
    ...{ depositId: `${chain}:${txHash}:value`, revision: 1, owner: payment.id, chain, asset },
    ...{ amount: '12345', from: payment.address, to: payment.address, txHash },
    ...{ position: 'value', blockNumber: 1, blockHash: txHash, blockTime: time },
  }
  const forged = { type: 'deposit.confirmed', id: data.depositId, time, source: 'forger' } as const
  const messaging = await observe(coffer.messaging)
  await using producer = await messaging.producer()
  await producer.publish([eventMessage({ ...forged, key: payment.id, data: data as never })])
}
