import { type DeadLetter, type DeadLetterState, readDeadLetter } from './dead-letter.ts'
import type { MessageLog } from './ports.ts'

/** Which dead letters an operator has seen to. Adapter: `adapters/postgres-letter-states.ts`. */
export type DeadLetterStates = {
  /** By id; those that are not among them wait. */
  of(topic: string, ids: readonly string[]): Promise<ReadonlyMap<string, StateTold>>
  redriven(ids: readonly string[]): Promise<void>
  /** Returns the ids of those that were not handled yet, which are discarded now. */
  discarded(ids: readonly string[], reason: string): Promise<string[]>
}

export type StateTold = { state: DeadLetterState; since: Date; reason: string | null }

/** A dead letter and what became of it. */
export type SeenDeadLetter = DeadLetter & StateTold

/** Where to go on: the dead letters at and behind it are still to be read. */
export type LetterCursor = { partition: number; offset: bigint }

export type DeadLetterBox = { log: MessageLog; states: DeadLetterStates }

/** Dead letters that are in memory at a time: each may be 2 MB. */
const PAGE = 100

/**
 * The dead letters of a dead letter topic, partition by partition, those of one key in the order in
 * which they came: from `from` on, to the end that the topic has when this begins.
 */
export async function* readDeadLetters(
  { log, states }: DeadLetterBox,
  { topic, from }: { topic: string; from?: LetterCursor | undefined },
): AsyncGenerator<SeenDeadLetter> {
  for (const { partition, first, end } of await log.extents(topic)) {
    if (from !== undefined && partition < from.partition) continue
    const isCursors = from !== undefined && partition === from.partition
    for (let next = isCursors && from.offset > first ? from.offset : first; next < end; ) {
      const read = await log.read({ topic, partition, from: next, max: PAGE })
      const page = read.filter(({ offset }) => BigInt(offset) < end)
      yield* await withStates(states, topic, page.map(readDeadLetter))
      next = BigInt(read.at(-1)?.offset ?? end) + 1n
    }
  }
}

/** `letters` with what became of each. */
export async function withStates(
  states: DeadLetterStates,
  topic: string,
  letters: readonly DeadLetter[],
): Promise<SeenDeadLetter[]> {
  const ids = letters.map(({ id }) => id)
  const told = await states.of(topic, ids)
  return letters.map((letter) => {
    const at = new Date(letter.at)
    const known = told.get(letter.id)
    // A topic that was lost and made anew gives its places again; what was noted before the letter
    // came is of another.
    const isOfIt = known !== undefined && !(known.since < at)
    return { ...letter, ...(isOfIt ? known : { state: 'pending', since: at, reason: null }) }
  })
}
