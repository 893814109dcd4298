import type { Socket } from 'node:net'
import { backoffMs, pause } from '@coffer/runtime/backoff'
import type { Work } from '@coffer/runtime/run-until-stopped'
import { Agent, buildConnector, WebSocket } from 'undici'

export type NewHeadsOptions = {
  /** The WebSocket endpoint, `ws:` or `wss:`. */
  url: string
  /** Told that the node may have a new block. It may be told for nothing, or not be told at all. */
  onHead: () => void
  /** Told once of each time that the endpoint is lost after it was heard, or is not there. */
  onLost?: (endpoint: string) => void
  /** An endpoint that says nothing for so long is asked anew, milliseconds. */
  silentMs?: number
}

const CONNECT_MS = 10_000
const RETRY = { firstMs: 250, maxMs: 15_000 }

const SUBSCRIBE = JSON.stringify({
  ...{ jsonrpc: '2.0', id: 1 },
  ...{ method: 'eth_subscribe', params: ['newHeads'] },
})

/**
 * Listens to an endpoint's new heads until stopped, and connects again whenever it is lost. That is
 * a hint to look at once: what the endpoint says is not even read, and nothing may rely on it.
 */
export function newHeads(options: NewHeadsOptions): Work {
  const { url, onLost = () => undefined } = options
  return async (signal) => {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      if (await wasHeard(options, signal)) attempt = 1
      if (signal.aborted) return
      if (attempt === 1) onLost(new URL(url).host)
      await pause(backoffMs(attempt, RETRY), signal)
    }
  }
}

/** Listens until the endpoint is lost; whether it told of any head. */
async function wasHeard(
  { url, onHead, silentMs = 60_000 }: NewHeadsOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const lost = Promise.withResolvers<void>()
  const end = () => lost.resolve()
  let isHeard = false
  let silence = setTimeout(end, silentMs)
  const connection = openSocket(url)
  const { socket } = connection
  signal.addEventListener('abort', end)
  socket.addEventListener('open', () => socket.send(SUBSCRIBE))
  socket.addEventListener('message', ({ data }) => {
    if (typeof data !== 'string' || !data.includes('"eth_subscription"')) return
    clearTimeout(silence)
    silence = setTimeout(end, silentMs)
    isHeard = true
    onHead()
  })
  socket.addEventListener('error', end)
  socket.addEventListener('close', end)
  if (!signal.aborted) await lost.promise
  signal.removeEventListener('abort', end)
  clearTimeout(silence)
  connection.cut()
  return isHeard
}

/** A WebSocket that ends at once when it is cut: its own goodbye may wait for ever for another. */
function openSocket(url: string): { socket: WebSocket; cut: () => void } {
  const connect = buildConnector({ timeout: CONNECT_MS })
  let tcp: Socket | undefined
  let isCut = false
  const dispatcher = new Agent({
    connect: (address, callback) =>
      connect(address, (...[error, socket]) => {
        if (isCut) socket?.destroy()
        if (error) return callback(error, null)
        tcp = socket
        callback(null, socket)
      }),
  })
  return {
    socket: new WebSocket(url, { dispatcher }),
    cut() {
      isCut = true
      tcp?.destroy()
      // Whatever it still had under way fails with it.
      dispatcher.destroy().catch(() => undefined)
    },
  }
}
