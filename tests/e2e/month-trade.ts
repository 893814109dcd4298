import type { Asset, AssetId } from '@coffer/money/asset'
import { type AnvilClient, quantity } from '@coffer/simulator/anvil-client'
import { readDeposits } from '@coffer/simulator/chain-oracle'
import { payTransfers } from '@coffer/simulator/pay-transfers'
import { reorg } from '@coffer/simulator/reorg'
import type { Hex } from 'viem'
import { atOnce, type Call, good } from './month-calls.ts'
import type { MonthPlan, PlannedTransfer } from './month-plan.ts'
import type { Arrival, KnownPayment, Outside } from './month-standings.ts'

type Made = {
  id: string
  order: string
  merchant: string
  asset: AssetId
  amount: string
  fee: string
  address: string | null
  expiresAt: string
}

/** What was made of a plan. */
export type Trade = {
  merchants: readonly string[]
  payments: readonly KnownPayment[]
  /** What is to be sent to payments on chain. */
  transfers: readonly (PlannedTransfer & { payment: KnownPayment })[]
}

/** Makes the merchants and the orders, many at once, and gives up those that are to be. */
export async function openTrade(call: Call, plan: MonthPlan): Promise<Trade> {
  const merchants = await atOnce(plan.merchants, async (planned, place) => {
    const { feeBasisPoints, reserveBasisPoints, thresholds, holdBackDays } = planned
    const facts = { name: `Shop ${place}`, email: `shop-${place}@example.com`, feeBasisPoints }
    const { id } = await good<{ id: string }>(call('POST', '/v1/merchants', facts))
    const wanted = [...thresholds].map(([asset, amount]) => [asset, `${amount}`])
    const settings = { thresholds: Object.fromEntries(wanted), holdBackDays }
    const path = `/v1/merchants/${id}/settlement-settings`
    await good(call('PUT', path, { ...settings, reserveBasisPoints }))
    return id
  })
  const trades = await atOnce(plan.orders, async (order) => {
    const { asset, amount, reference } = order
    const made: Made[] = []
    for (const [place, { card }] of order.payments.entries()) {
      const channel = card === undefined ? 'onchain' : 'sandbox'
      const body = {
        ...{ merchant: merchants[order.merchant], reference, asset, amount: `${amount}`, channel },
        ...(card === undefined ? {} : { card }),
        ...(order.isHasty ? { expiresInSeconds: HASTY_SECONDS } : {}),
      }
      made.push(await good(call('POST', '/v1/payments', body, `${reference}-${place}`)))
    }
    const cancelledAt = order.isCancelled ? await cancel(call, made[0]?.order ?? '') : undefined
    return made.map((each, place) => {
      const { transfers = [], card } = order.payments[place] ?? {}
      const payment = knownAs(each, { card, cancelledAt })
      return { payment, transfers: transfers.map((transfer) => ({ ...transfer, payment })) }
    })
  })
  const payments = trades.flat()
  return {
    merchants,
    payments: payments.map(({ payment }) => payment),
    transfers: payments.flatMap(({ transfers }) => transfers),
  }
}

async function cancel(call: Call, order: string): Promise<Date> {
  const path = `/v1/orders/${order}/cancel`
  const { cancelledAt } = await good<{ cancelledAt: string }>(call('POST', path))
  return new Date(cancelledAt)
}

const knownAs = (
  { id, order, merchant, asset, amount, fee, address, expiresAt }: Made,
  rest: Pick<KnownPayment, 'card' | 'cancelledAt'>,
): KnownPayment => ({
  ...{ id, order, merchant, asset, amount: BigInt(amount), fee: BigInt(fee) },
  address: address?.toLowerCase(),
  expiresAt: new Date(expiresAt),
  ...rest,
})

/** How long a payment is waited for at least. */
const HASTY_SECONDS = 60

/** Blocks of a wave, and how many of them are replaced after it. */
const BLOCKS = 6
const DEPTH = 3

/** The payers of one chain. */
export function openPayers(node: AnvilClient, rpcUrl: string) {
  const senders = new Map<string, string>()
  return {
    /** Sends what `wave` is to bring, and some transfers that fail. */
    async pay({ transfers }: Trade, wave: number): Promise<void> {
      const due = transfers.filter((each) => each.wave === wave)
      await failTo(node, due[0])
      const asked = due.map(({ payment: { address = '', asset }, amount }) => {
        return { to: address, asset, amount }
      })
      const paid = await payTransfers(rpcUrl, asked, { blocks: BLOCKS })
      for (const { txHash, from } of paid) senders.set(txHash, from)
    },
    /**
     * Replaces the newest blocks. What one sender paid in them is gone for good, what another paid
     * is sent again later, and what a third paid comes in the last of them. Answers how many are
     * gone, and how many came again.
     */
    async rewrite(): Promise<{ gone: number; again: number }> {
      const [, gone, late, moved] = await node.accounts()
      const { dropped } = await reorg(node, {
        depth: DEPTH,
        place({ hash, block }) {
          const from = senders.get(hash)
          if (from === gone || from === late) return 'drop'
          return from === moved ? DEPTH - 1 : block
        },
      })
      const again = dropped.filter(({ hash }) => senders.get(hash) === late)
      await node.setAutomine(false)
      const send = ({ raw }: { raw: Hex }) => ({ method: 'eth_sendRawTransaction', params: [raw] })
      await node.batch(again.map(send))
      await node.mine()
      await node.setAutomine(true)
      return { gone: dropped.length - again.length, again: again.length }
    },
  }
}

/** More than anybody has. */
const TOO_MUCH = 10n ** 40n

async function failTo(node: AnvilClient, due: Trade['transfers'][number] | undefined) {
  const [from] = await node.accounts()
  const token = due?.payment.asset.split('/erc20:')[1]
  if (due === undefined || token === undefined) return
  const to = due.payment.address?.slice(2).padStart(64, '0')
  const data = `0xa9059cbb${to}${TOO_MUCH.toString(16).padStart(64, '0')}`
  const fee = quantity(10n ** 12n)
  const terms = { gas: quantity(100_000), maxFeePerGas: fee, maxPriorityFeePerGas: '0x1' }
  await node.request('eth_sendTransaction', [{ from, to: token, data, ...terms }])
}

export type StatementLine = {
  kind: 'payment' | 'refund' | 'chargeback'
  reference: string
  asset: AssetId
  amount: string
  movedAt: string
}

export type ReadChainOptions = {
  node: AnvilClient
  rpcUrl: string
  assets: readonly Asset[]
  payments: readonly KnownPayment[]
}

/** What the chain has brought to payments. */
export async function readChain(options: ReadChainOptions): Promise<Arrival[]> {
  const { node, rpcUrl, assets, payments } = options
  const owners = new Map(payments.flatMap(({ id, address }) => (address ? [[address, id]] : [])))
  const addresses = new Set(owners.keys())
  const { deposits } = await readDeposits({ rpcUrl, assets, addresses })
  const times = await blockTimes(node, new Set(deposits.map(({ blockNumber }) => blockNumber)))
  return deposits.map(({ to, amount, blockNumber }) => {
    return { payment: owners.get(to) ?? '', amount, at: times.get(blockNumber) ?? new Date(0) }
  })
}

/** What has arrived, and stayed, on chain and by card. */
export function outsideOf(onChain: readonly Arrival[], lines: readonly StatementLine[]): Outside {
  const takenBack = new Set(
    lines.filter(({ kind }) => kind === 'chargeback').map(({ reference }) => reference),
  )
  const byCard = lines
    .filter(({ kind, reference }) => kind === 'payment' && !takenBack.has(reference))
    .map(({ reference: payment, amount, movedAt }): Arrival => {
      return { payment, amount: BigInt(amount), at: new Date(movedAt) }
    })
  return { arrivals: [...onChain, ...byCard], takenBack }
}

async function blockTimes(node: AnvilClient, numbers: ReadonlySet<bigint>) {
  const blocks = await node.batch<{ number: Hex; timestamp: Hex }>(
    [...numbers].map((number) => {
      return { method: 'eth_getBlockByNumber', params: [quantity(number), false] }
    }),
  )
  return new Map(
    blocks.map(({ number, timestamp }) => [
      BigInt(number),
      new Date(Number(BigInt(timestamp)) * 1_000),
    ]),
  )
}
