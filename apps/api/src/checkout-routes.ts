import { confirmationCount } from '@coffer/deposits/confirmation-count'
import type { ChainStatuses, DepositReader, DepositView } from '@coffer/deposits/read-ports'
import type { Address } from '@coffer/evm/address'
import { paymentUri } from '@coffer/evm/payment-uri'
import type { Routes } from '@coffer/http/server'
import type { Asset } from '@coffer/money/asset'
import { chainReference } from '@coffer/money/chain-id'
import type { Merchants, PaymentReader, PaymentView } from '@coffer/payments/ports'
import { PaymentUnknownError } from '@coffer/payments/request-refund'
import { z } from 'zod'

export type CheckoutRoutesOptions = {
  payments: Pick<PaymentReader, 'find' | 'findOrder'>
  merchants: Pick<Merchants, 'find'>
  deposits: Pick<DepositReader, 'list'>
  statuses: Pick<ChainStatuses, 'all'>
  assets: readonly Asset[]
}

/** Most transfers to one payment that its payer is shown. */
const INCOMING_MAX = 20

const incoming = z.strictObject({
  txHash: z.string(),
  amount: z.string(),
  status: z.string(),
  confirmations: z.int(),
  needed: z.int().nullable().describe('Confirmations that make it count'),
})

const checkout = z.strictObject({
  id: z.uuid(),
  merchant: z.string().describe('Its name'),
  reference: z.string(),
  description: z.string().nullable(),
  channel: z.string(),
  chain: z.string().nullable(),
  asset: z.string(),
  symbol: z.string().nullable(),
  decimals: z.int().nullable(),
  amount: z.string(),
  received: z.string(),
  remaining: z.string().describe('What is still to be paid'),
  address: z.string().nullable(),
  uri: z.string().nullable().describe('What a wallet reads to pay what remains. EIP-681'),
  status: z.string(),
  incoming: z.array(incoming).describe('What is on its way, and what has arrived'),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  paidAt: z.iso.datetime().nullable(),
  now: z.iso.datetime().describe("The server's clock, by which it expires"),
})

/** What a payer may see, who has no key: whoever knows the id of a payment was given it. */
export function checkoutRoutes(options: CheckoutRoutesOptions): Routes {
  const { payments, merchants, deposits, statuses } = options
  return async (app) => {
    app.get(
      '/v1/checkout/:id',
      {
        config: { access: 'public' },
        schema: {
          tags: ['payments'],
          summary: 'A payment as its payer sees it; no key is needed',
          params: z.strictObject({ id: z.uuid() }),
          response: { 200: checkout },
        },
      },
      async ({ params: { id } }) => {
        const payment = await payments.find(id)
        if (payment === undefined) throw new PaymentUnknownError(id)
        const [order, merchant, arrived, scans] = await Promise.all([
          payments.findOrder(payment.orderId),
          merchants.find(payment.merchantId),
          deposits.list({ owner: id }, { before: undefined, limit: INCOMING_MAX }),
          statuses.all(),
        ])
        const needed = new Map(
          scans.map(({ chain, checkpoint, final }) => [
            chain,
            checkpoint === null || final === null ? null : Number(checkpoint - final) + 1,
          ]),
        )
        return {
          ...onWire(payment, options.assets),
          merchant: merchant?.name ?? '',
          description: order?.description ?? null,
          incoming: arrived.map((deposit) => incomingOnWire(deposit, needed)),
          now: new Date().toISOString(),
        }
      },
    )
  }
}

function onWire(payment: PaymentView, assets: readonly Asset[]) {
  const { id, reference, channel, amount, received, status, address } = payment
  const asset = assets.find((each) => each.id === payment.asset)
  const remaining = received >= amount ? 0n : amount - received
  return {
    ...{ id, reference, channel, status, asset: payment.asset, address: address ?? null },
    chain: asset?.chain ?? null,
    symbol: asset?.symbol ?? null,
    decimals: asset?.decimals ?? null,
    amount: `${amount}`,
    received: `${received}`,
    remaining: `${remaining}`,
    uri: asset && address && remaining > 0n ? uriOf({ asset, to: address, remaining }) : null,
    createdAt: payment.createdAt.toISOString(),
    expiresAt: payment.expiresAt.toISOString(),
    paidAt: payment.paidAt?.toISOString() ?? null,
  }
}

const uriOf = ({ asset, to, remaining }: { asset: Asset; to: Address; remaining: bigint }) =>
  paymentUri({
    ...{ chainId: chainReference(asset.chain), to, amount: remaining },
    contract: asset.contract,
  })

/** A large amount may wait for more than its chain does. */
const incomingOnWire = (deposit: DepositView, needed: ReadonlyMap<string, number | null>) => ({
  txHash: deposit.txHash,
  amount: `${deposit.amount}`,
  status: deposit.status,
  confirmations: Number(confirmationCount(deposit)),
  needed:
    deposit.tier !== null && /^[0-9]+$/.test(deposit.tier)
      ? Number(deposit.tier)
      : (needed.get(deposit.chain) ?? null),
})
