/** An answer of a process takes no longer, unless it is paused, milliseconds. */
const ANSWER_MS = 5_000

/** What makes a process of Node listen to {@link collectGarbage}, as variables for it. */
export const inspectedAt = (port: number): { NODE_OPTIONS: string } => ({
  NODE_OPTIONS: `--inspect=127.0.0.1:${port} --inspect-publish-uid=http`,
})

/**
 * Has a process throw away its garbage, so that what it then holds is in use. False of one that is
 * away or paused.
 */
export async function collectGarbage(port: number): Promise<boolean> {
  const signal = AbortSignal.timeout(ANSWER_MS)
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`, { signal })
    const [target] = (await answer.json()) as { webSocketDebuggerUrl: string }[]
    return target !== undefined && (await collectAt(target.webSocketDebuggerUrl, signal))
  } catch {
    return false
  }
}

async function collectAt(url: string, signal: AbortSignal): Promise<boolean> {
  const socket = new WebSocket(url)
  const ended = Promise.withResolvers<boolean>()
  const isCollected = ({ data }: MessageEvent) => JSON.parse(String(data)).result !== undefined
  socket.addEventListener('open', () =>
    socket.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' })),
  )
  socket.addEventListener('message', (message) => ended.resolve(isCollected(message)))
  for (const event of ['close', 'error'] as const) {
    socket.addEventListener(event, () => ended.resolve(false))
  }
  signal.addEventListener('abort', () => ended.resolve(false), { once: true })
  try {
    return await ended.promise
  } finally {
    socket.close()
  }
}
