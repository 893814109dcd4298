import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'
import { Transform } from 'node:stream'
import { setTimeout } from 'node:timers/promises'

/** To the server, or back to the client. */
export type Direction = 'up' | 'down'

/** What a toxic may do with one connection. */
export type Wire = {
  /** Ends the connection with a reset at both sides. */
  reset(): void
  /** Ends the connection once what the toxic returns is delivered. */
  cut(): void
  /** Aborts when nobody is left to deliver to. */
  signal: AbortSignal
}

/**
 * One way for a connection to go wrong: what becomes of the bytes that go by. What it returns goes
 * on; nothing does until it has returned, and an empty list swallows the bytes.
 */
export type Toxic = (
  chunk: Buffer,
  direction: Direction,
  wire: Wire,
) => Promise<readonly Buffer[]> | readonly Buffer[]

export type ActiveToxic = {
  /** How many chunks it was shown. */
  readonly seen: number
  remove(): void
}

/** A TCP server between a client and a server such as PostgreSQL. */
export type TcpProxy = AsyncDisposable & {
  port: number
  /** Applies to open connections and new ones. Several apply in the order they were added. */
  add(toxic: Toxic, direction?: Direction): ActiveToxic
  /** Removes every toxic. Bytes that were swallowed are gone. */
  heal(): void
  /** Resets every connection that is open. */
  resetAll(): void
}

type Added = { toxic: Toxic; direction: Direction | undefined; seen: number }
type Toxics = { list: readonly Added[] }

/** Starts a proxy on 127.0.0.1 in front of `host`:`port`. */
export async function startTcpProxy(target: { host?: string; port: number }): Promise<TcpProxy> {
  const { host = '127.0.0.1', port } = target
  const toxics: Toxics = { list: [] }
  const open = new Set<() => void>()
  // A client that has sent all it had may still be answered: each side ends for itself.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const upstream = dial({ host, port, allowHalfOpen: true, noDelay: true })
    const reset = join(client, upstream, toxics)
    open.add(reset)
    client.on('close', () => open.delete(reset))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const resetAll = () => {
    for (const reset of open) reset()
  }
  return {
    port: (server.address() as AddressInfo).port,
    add(toxic, direction) {
      const added: Added = { toxic, direction, seen: 0 }
      toxics.list = [...toxics.list, added]
      return {
        get seen() {
          return added.seen
        },
        remove() {
          toxics.list = toxics.list.filter((each) => each !== added)
        },
      }
    },
    heal() {
      toxics.list = []
    },
    resetAll,
    async [Symbol.asyncDispose]() {
      server.close()
      resetAll()
      await once(server, 'close')
    },
  }
}

/** Passes bytes between two sockets through the toxics. Returns what resets both. */
function join(client: Socket, upstream: Socket, toxics: Toxics): () => void {
  const reset = () => {
    for (const socket of [client, upstream]) socket.resetAndDestroy()
  }
  for (const socket of [client, upstream]) socket.on('error', reset)
  client.pipe(passage(client, upstream, { toxics, direction: 'up', reset })).pipe(upstream)
  upstream.pipe(passage(upstream, client, { toxics, direction: 'down', reset })).pipe(client)
  return reset
}

type Passage = { toxics: Toxics; direction: Direction; reset: () => void }

function passage(from: Socket, to: Socket, { toxics, direction, reset }: Passage): Transform {
  const over = new AbortController()
  to.on('close', () => over.abort())
  let isCut = false
  const cut = () => {
    isCut = true
  }
  const wire: Wire = { reset, cut, signal: over.signal }
  const stream = new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      // A toxic that waits is cut short by the end of the connection.
      const chunks = await through(toxics, chunk, direction, wire).catch(() => [])
      for (const each of chunks) stream.push(each)
      if (!isCut) return done()
      stream.push(null)
      to.once('finish', () => to.destroy())
      from.resetAndDestroy()
    },
  })
  return stream
}

async function through(
  { list }: Toxics,
  chunk: Buffer,
  direction: Direction,
  wire: Wire,
): Promise<readonly Buffer[]> {
  let chunks: readonly Buffer[] = [chunk]
  for (const added of list) {
    if (added.direction !== undefined && added.direction !== direction) continue
    const passed: Buffer[] = []
    for (const each of chunks) {
      added.seen += 1
      passed.push(...(await added.toxic(each, direction, wire)))
    }
    chunks = passed
  }
  return chunks
}

/** Toxiproxy's toxics that matter to us. */
export const toxics = {
  /** Every chunk comes late by `ms`. */
  latency:
    (ms: number): Toxic =>
    async (chunk, _, { signal }) => {
      await setTimeout(ms, undefined, { signal })
      return [chunk]
    },

  /** Half-open: everything is swallowed, and the connection stays. */
  timeout: (): Toxic => () => [],

  /** The connection is reset as soon as anything comes. */
  resetPeer:
    (): Toxic =>
    (_chunk, _direction, { reset }) => {
      reset()
      return []
    },

  /** The connection ends once `bytes` have passed, in the middle of a chunk or not. */
  limitData(bytes: number): Toxic {
    let left = bytes
    return (chunk, _, { cut }) => {
      const passing = chunk.subarray(0, left)
      left -= passing.length
      if (left === 0) cut()
      return [passing]
    }
  },

  /** Not more than so many bytes a second. */
  bandwidth:
    (bytesPerSecond: number): Toxic =>
    async (chunk, _, { signal }) => {
      await setTimeout((chunk.length / bytesPerSecond) * 1_000, undefined, { signal })
      return [chunk]
    },

  /** Chunks of at most `bytes`, so that no message comes in one piece. */
  slicer:
    (bytes: number): Toxic =>
    (chunk) =>
      Array.from({ length: Math.ceil(chunk.length / bytes) }, (_, index) =>
        chunk.subarray(index * bytes, (index + 1) * bytes),
      ),

  /**
   * Lets the request that `match` recognises through, swallows the reply to it and resets the
   * connection: the server has done what the client will never know. Strikes `times` times.
   */
  cutReply(match: (request: Buffer) => boolean, times = 1): Toxic {
    const cut = new WeakSet<Wire['reset']>()
    let left = times
    return (chunk, direction, wire) => {
      if (direction === 'up') {
        if (left > 0 && match(chunk)) {
          left -= 1
          cut.add(wire.reset)
        }
        return [chunk]
      }
      if (!cut.has(wire.reset)) return [chunk]
      wire.reset()
      return []
    }
  },
}
