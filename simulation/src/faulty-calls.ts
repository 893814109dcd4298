import { InjectedFault, type Room, strikes } from './room.ts'
import type { Process } from './schedule.ts'

export type FaultyCallsOptions = {
  process: Process
  /** What its methods belong to, in the trace. */
  name: string
  /** Told of each call that took effect, before anybody else gets a turn. */
  onDone?: (method: string, call: { given: readonly unknown[]; result: unknown }) => void
}

/**
 * A port whose every call waits for its turn before and after: a process can be killed, frozen or
 * overtaken in either place. A call may fail before it has any effect, or after all of it.
 */
export function faultyCalls<Port extends object>(
  room: Room,
  port: Port,
  { process, name, onDone }: FaultyCallsOptions,
): Port {
  const wrapped = Object.entries(port).map(([method, call]) => {
    if (typeof call !== 'function') return [method, call]
    const faulty = async (...given: readonly unknown[]) => {
      await process.turn(`${name}.${method}`)
      if (strikes(room, room.faultsPerMille / 4)) {
        room.coverage.saw('database: failed before it did anything')
        throw new InjectedFault(`${name}.${method} failed.`)
      }
      while (strikes(room, room.faultsPerMille / 4)) {
        // As two that lock in each other's way: one is undone, and repeated as a whole.
        room.coverage.saw('database: transaction undone and repeated')
        await process.turn(`${name}.${method} is repeated`)
      }
      const result = await call(...given)
      onDone?.(method, { given, result })
      await process.turn(`${name}.${method} is done`)
      if (strikes(room, room.faultsPerMille / 4)) {
        room.coverage.saw('database: reply lost after the commit')
        throw new InjectedFault(`The reply of ${name}.${method} was lost.`)
      }
      return result
    }
    return [method, faulty]
  })
  return Object.fromEntries(wrapped) as Port
}
