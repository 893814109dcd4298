import { randomUUID } from 'node:crypto'
import { type Loaded, load } from './load.ts'

export type PaymentsLoad = {
  apiUrl: string
  apiKey: string
  /** Whom is paid, one after the other. */
  merchants: readonly string[]
  asset: string
  /** Requests that are under way at any time. */
  inFlight: number
  /** Requests in all. */
  count: number
}

export type Answered = Loaded & {
  /** Of the payments that were answered. */
  ids: string[]
}

const ID = /^\{"id":"([0-9a-f-]{36})"/

/** Asks for payments, each of an order of its own. Throws at the first answer that is not 201. */
export async function loadPayments(asked: PaymentsLoad): Promise<Answered> {
  const { apiUrl: url, inFlight, count } = asked
  const ids: string[] = []
  const loaded = await load({
    ...{ url, inFlight, count },
    request: requestOf(asked),
    onAnswer({ status, body }) {
      const id = ID.exec(body)?.[1]
      if (status !== 201 || id === undefined) {
        throw new Error(`Expected 201 and a payment, got ${status}: ${body}`)
      }
      ids.push(id)
    },
  })
  return { ...loaded, ids }
}

/** Nothing of a request but its reference is other than that of the one before. */
function requestOf({ apiUrl, apiKey, merchants, asset }: PaymentsLoad): (place: number) => string {
  const head =
    `POST /v1/payments HTTP/1.1\r\nhost: ${new URL(apiUrl).host}\r\n` +
    `authorization: Bearer ${apiKey}\r\ncontent-type: application/json\r\n`
  return (place) => {
    const reference = randomUUID()
    const merchant = merchants[place % merchants.length] ?? ''
    const body =
      `{"merchant":"${merchant}","reference":"${reference}","asset":"${asset}",` +
      `"amount":"${1_000_000 + place}","channel":"onchain","description":"A book and a pen"}`
    return `${head}idempotency-key: ${reference}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  }
}
