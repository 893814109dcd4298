import type { Consumer } from './ports.ts'

/**
 * So many members of a group as one consumer. Each has partitions of its own, so that the handler
 * may be at work for several at the same time: while it waits for one, this process reads for
 * another. When one of them ends, all do.
 */
export const manyMembers = (count: number, open: () => Consumer): Consumer => ({
  async run(handler, signal) {
    const ended = new AbortController()
    const either = AbortSignal.any([signal, ended.signal])
    const members = Array.from({ length: count }, open)
    await Promise.all(
      members.map((member) => member.run(handler, either).finally(() => ended.abort())),
    )
  },
})
