import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Below the ephemeral ranges of Linux (32768 up) and macOS (49152 up), so that no outgoing
 * connection takes the port of a server that is being restarted.
 */
const FIRST_PORT = 20_000
const LAST_PORT = 31_999

const handedOut = new Set<number>()

/**
 * A TCP port of 127.0.0.1 that nothing listens on now, never the same twice in one process, unless
 * it is asked for the one that it gave `before`: that again, if nobody has taken it meanwhile.
 * Another process may still take it first: a caller that fails to bind asks again.
 */
export async function freePort(before?: number): Promise<number> {
  if (before !== undefined && (await isFree(before))) return before
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1)
    if (handedOut.has(port) || !(await isFree(port))) continue
    handedOut.add(port)
    return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
    server.close(() => resolve(true))
  })
  return promise
}
