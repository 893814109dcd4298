import { setTimeout as pause } from 'node:timers/promises'

/** The moment at which `condition` was first seen to hold; looks every few milliseconds. */
export async function momentOf(condition: () => boolean | Promise<boolean>): Promise<number> {
  while (!(await condition())) await pause(1)
  return performance.now()
}
