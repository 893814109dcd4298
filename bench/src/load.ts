import { type RawAnswer, rawClient } from './raw-client.ts'

export type LoadOptions = {
  url: string
  /** Requests that are under way at any time, each on a connection of its own. */
  inFlight: number
  /** Requests in all. */
  count: number
  /** A whole HTTP request, by its place among all. */
  request: (place: number) => string
  /** Throws at an answer that is not what was asked for. */
  onAnswer: (answer: RawAnswer, place: number) => void
}

export type Loaded = {
  /** How long each took, milliseconds. */
  latenciesMs: number[]
  seconds: number
}

/** Asks so many requests at any time, a new one as soon as one is answered. */
export async function load(options: LoadOptions): Promise<Loaded> {
  const { url, inFlight, count, request, onAnswer } = options
  const clients = Array.from({ length: inFlight }, () => rawClient(url))
  const latenciesMs: number[] = []
  let asked = 0
  const began = performance.now()
  const askOn = async (client: (typeof clients)[number]) => {
    while (asked < count) {
      const place = asked
      asked += 1
      const sent = performance.now()
      const answer = await client.ask(request(place))
      latenciesMs.push(performance.now() - sent)
      onAnswer(answer, place)
    }
  }
  try {
    await Promise.all(clients.map(askOn))
    return { latenciesMs, seconds: (performance.now() - began) / 1_000 }
  } finally {
    for (const client of clients) client.close()
  }
}
