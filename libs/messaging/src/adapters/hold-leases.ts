import { LeaseLostError, type RedisLeases } from './redis-leases.ts'

/** How often leases are renewed that run out after `sessionTimeoutMs`, milliseconds. */
export const renewEveryMs = (sessionTimeoutMs: number): number =>
  Math.min(500, sessionTimeoutMs / 5)

/**
 * Renews the leases of `mine` while a handler is at work. `due` aborts when this member is to give
 * up one of them; `lost` when it has lost one, or was not heard for so long that it may have.
 */
export function holdLeases(
  leases: Pick<RedisLeases, 'renew'>,
  mine: readonly string[],
  sessionTimeoutMs: number,
): { lost: AbortSignal; due: AbortSignal; stop(): void } {
  const lost = new AbortController()
  const due = new AbortController()
  let heardAt = performance.now()
  const renew = async () => {
    const share = await leases.renew()
    heardAt = performance.now()
    if (share.toRelease.length > 0) due.abort()
    const kept = new Set([...share.mine, ...share.toRelease])
    if (!mine.every((stream) => kept.has(stream))) lost.abort(new LeaseLostError())
  }
  const timer = setInterval(() => {
    if (performance.now() - heardAt > sessionTimeoutMs) lost.abort(new LeaseLostError())
    // Without an answer the lease runs out; the next acknowledgement tells, too.
    renew().catch(() => undefined)
  }, renewEveryMs(sessionTimeoutMs))
  return { lost: lost.signal, due: due.signal, stop: () => clearInterval(timer) }
}
