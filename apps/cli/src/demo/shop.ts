import { randomUUID } from 'node:crypto'
import type { ApiClient } from '../api-client.ts'
import { waitUntil } from './wait-until.ts'

export type AskedPayment = {
  id: string
  asset: string
  amount: string
  fee: string
  address: string | null
  status: string
}

export type MerchantBalance = { asset: string; pending: string; available: string; reserve: string }

type Outcome = { id: string; status: string }

/** A merchant, and what its software does over the API. */
export type Shop = {
  id: string
  name: string
  /** Asks for a payment of a new order. */
  ask(terms: AskTerms): Promise<AskedPayment>
  payment(id: string): Promise<AskedPayment>
  /** Waits until a payment has one of `statuses`, or throws. */
  until(id: string, ...statuses: string[]): Promise<AskedPayment>
  balance(asset: string): Promise<MerchantBalance>
  /** Asks for a refund and waits until it has come to an end; answers how. */
  refund(payment: string, amount: bigint, to?: string): Promise<string>
  /** Asks for a withdrawal and waits until it has come to an end; answers how. */
  withdraw(asset: string, amount: bigint, to: string): Promise<string>
}

type AskTerms = { asset: string; amount: bigint; channel?: 'onchain' | 'sandbox'; card?: string }

export type ShopTerms = {
  name: string
  email: string
  locale?: 'en' | 'zh'
  feeBasisPoints?: number
  /** How much must be pending to be settled, by asset. */
  thresholds?: Readonly<Record<string, bigint>>
  /** How long it waits for anything, milliseconds. */
  patienceMs?: number
}

/** Makes a merchant whose settled money is available at once. */
export async function openShop(api: ApiClient, terms: ShopTerms): Promise<Shop> {
  const { thresholds = {}, patienceMs: maxMs = 60_000, ...facts } = terms
  const { id } = await api<{ id: string }>('POST', '/v1/merchants', facts)
  const wanted = Object.entries(thresholds).map(([asset, amount]) => [asset, `${amount}`])
  await api('PUT', `/v1/merchants/${id}/settlement-settings`, {
    thresholds: Object.fromEntries(wanted),
    holdBackDays: 0,
    reserveBasisPoints: 0,
  })
  const post = <Answer>(path: string, body: unknown) =>
    api<Answer>('POST', path, body, { idempotencyKey: randomUUID() })
  const payment = (of: string) => api<AskedPayment>('GET', `/v1/payments/${of}`)
  const ended = async (path: string, what: string) => {
    let status = ''
    const hasEnded = async () => {
      status = (await api<Outcome>('GET', path)).status
      return ENDS.has(status)
    }
    await waitUntil({ what: `${what} has ended`, until: hasEnded, maxMs })
    return status
  }
  return {
    id,
    name: terms.name,
    payment,
    ask({ asset, amount, channel = 'onchain', card }) {
      const order = { merchant: id, reference: randomUUID(), asset, amount: `${amount}`, channel }
      return post('/v1/payments', card === undefined ? order : { ...order, card })
    },
    async until(of, ...statuses) {
      const isThere = async () => statuses.includes((await payment(of)).status)
      const what = `payment ${of} is ${statuses.join(' or ')}`
      await waitUntil({ what, until: isThere, maxMs })
      return await payment(of)
    },
    async balance(asset) {
      const path = `/v1/merchants/${id}/balances`
      const { items } = await api<{ items: MerchantBalance[] }>('GET', path)
      const none = { asset, pending: '0', available: '0', reserve: '0' }
      return items.find((each) => each.asset === asset) ?? none
    },
    async refund(of, amount, to) {
      const body = { amount: `${amount}`, ...(to === undefined ? {} : { to }) }
      const asked = await post<Outcome>(`/v1/payments/${of}/refunds`, body)
      return await ended(`/v1/refunds/${asked.id}`, 'a refund')
    },
    async withdraw(asset, amount, to) {
      const body = { asset, amount: `${amount}`, to }
      const asked = await post<Outcome>(`/v1/merchants/${id}/withdrawals`, body)
      return await ended(`/v1/withdrawals/${asked.id}`, 'a withdrawal')
    },
  }
}

const ENDS: ReadonlySet<string> = new Set(['completed', 'succeeded', 'failed', 'cancelled'])
