import type { Clock } from '@coffer/runtime/clock'
import type { Head } from '../ports.ts'

export type RestOptions = {
  clock: Pick<Clock, 'nowMs'>
  /** How long a rest lasts, milliseconds. Much less than a lease, which nobody renews meanwhile. */
  ms: number
}

/**
 * Remembers for a moment that there was nothing to do at a head, so that the node alone has to be
 * asked whether it still has that one. A tag that has moved makes it another.
 */
export function restAtTip(options: RestOptions | undefined) {
  let rest: { head: string; untilMs: number } | undefined
  return {
    begin(head: Head) {
      if (options) rest = { head: textOf(head), untilMs: options.clock.nowMs() + options.ms }
    },
    end() {
      rest = undefined
    },
    isOver: () => !options || !rest || options.clock.nowMs() >= rest.untilMs,
    isAt: (head: Head) => rest?.head === textOf(head),
  }
}

const textOf = ({ number, hash, tagged }: Head): string =>
  [number, hash, ...Object.entries(tagged).flat()].join(' ')
