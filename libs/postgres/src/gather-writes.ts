import type { ClientBase } from 'pg'

type Asking = { query: (...asked: unknown[]) => unknown }

type Connected = { connection?: { stream?: { cork(): void; uncork(): void } } }

/**
 * Has what `client` is asked in one turn leave together: statements that wait for nothing reach the
 * server as one packet, not each as one that wakes it.
 */
export function gatherWrites(client: ClientBase): void {
  const asking = client as unknown as Asking
  const query = asking.query.bind(client)
  let isGathering = false
  asking.query = (...asked) => {
    const stream = (client as unknown as Connected).connection?.stream
    if (!isGathering && stream) {
      isGathering = true
      stream.cork()
      // After all that goes on without waiting for anything outside.
      process.nextTick(() => {
        isGathering = false
        stream.uncork()
      })
    }
    return query(...asked)
  }
}
