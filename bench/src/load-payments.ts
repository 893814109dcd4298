import { randomUUID } from 'node:crypto'
import { Client, type Dispatcher } from 'undici'

export type Load = {
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

export type Answered = {
  /** Of the payments that were answered. */
  ids: string[]
  /** How long each took, milliseconds. */
  latenciesMs: number[]
  seconds: number
}

/**
 * Asks for payments, each of an order of its own, so many at any time, each on a connection of
 * its own; a new one as soon as one is answered. Throws at the first answer that is not 201.
 */
export async function loadPayments(load: Load): Promise<Answered> {
  const clients = Array.from({ length: load.inFlight }, () => new Client(load.apiUrl))
  const ids: string[] = []
  const latenciesMs: number[] = []
  let asked = 0
  const askOn = async (client: Client) => {
    for (;;) {
      const place = asked
      if (place >= load.count) return
      asked += 1
      const began = performance.now()
      ids.push(await ask(client, load, place))
      latenciesMs.push(performance.now() - began)
    }
  }
  const began = performance.now()
  try {
    await Promise.all(clients.map(askOn))
    return { ids, latenciesMs, seconds: (performance.now() - began) / 1_000 }
  } finally {
    await Promise.all(clients.map((client) => client.destroy()))
  }
}

/** Nothing of a request but its reference is other than that of the one before. */
function ask(client: Client, { apiKey, merchants, asset }: Load, place: number): Promise<string> {
  const reference = randomUUID()
  const merchant = merchants[place % merchants.length] ?? ''
  const body =
    `{"merchant":"${merchant}","reference":"${reference}","asset":"${asset}",` +
    `"amount":"${1_000_000 + place}","channel":"onchain","description":"A book and a pen"}`
  return new Promise((resolve, reject) => {
    client.dispatch(
      {
        method: 'POST',
        path: '/v1/payments',
        headers: [
          ...['authorization', `Bearer ${apiKey}`, 'content-type', 'application/json'],
          ...['idempotency-key', reference],
        ],
        body,
      },
      answerTo(resolve, reject),
    )
  })
}

const ID = /^\{"id":"([0-9a-f-]{36})"/

function answerTo(
  resolve: (id: string) => void,
  reject: (error: Error) => void,
): Dispatcher.DispatchHandler {
  let [status, text] = [0, '']
  return {
    onRequestStart() {},
    onResponseStart(_, code) {
      status = code
    },
    onResponseData(_, chunk) {
      text += chunk.toString()
    },
    onResponseEnd() {
      const id = ID.exec(text)?.[1]
      if (status === 201 && id !== undefined) resolve(id)
      else reject(new Error(`Expected 201 and a payment, got ${status}: ${text}`))
    },
    onResponseError: (_, error) => reject(error),
  }
}
