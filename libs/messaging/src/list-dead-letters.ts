import {
  type DeadLetterState,
  DeadLetterUnknownError,
  parseDeadLetterRange,
  readDeadLetter,
} from './dead-letter.ts'
import {
  type DeadLetterBox,
  type LetterCursor,
  readDeadLetters,
  type SeenDeadLetter,
  withStates,
} from './read-dead-letters.ts'

export type DeadLetterQuery = {
  /** The dead letter topic. */
  topic: string
  state?: DeadLetterState | undefined
  key?: string | undefined
  code?: string | undefined
  from?: LetterCursor | undefined
  limit: number
}

export type DeadLetterPage = {
  items: SeenDeadLetter[]
  /** Where the next page begins; undefined when the topic was read to its end. */
  next: LetterCursor | undefined
}

/** So many are looked at for one page; it may then hold fewer than asked for. */
const LOOKED_AT_MAX = 5_000

/** One page of a dead letter topic. Throws `LogReadError`. */
export const listDeadLetters =
  (box: DeadLetterBox) =>
  async ({ topic, state, key, code, from, limit }: DeadLetterQuery): Promise<DeadLetterPage> => {
    const items: SeenDeadLetter[] = []
    let lookedAt = 0
    for await (const letter of readDeadLetters(box, { topic, from })) {
      // Looks one further than it gives, to know whether there is another page.
      if (items.length === limit || lookedAt === LOOKED_AT_MAX) {
        return { items, next: cursorAt(letter.id) }
      }
      lookedAt += 1
      const isWanted =
        (state === undefined || state === letter.state) &&
        (key === undefined || key === letter.key) &&
        (code === undefined || code === letter.code)
      if (isWanted) items.push(letter)
    }
    return { items, next: undefined }
  }

/** The place of a dead letter, to go on from. */
export function cursorAt(id: string): LetterCursor {
  const { partition, from } = parseDeadLetterRange(id)
  return { partition, offset: from }
}

/** One dead letter. Throws `DeadLetterUnknownError`, `DeadLetterIdError`. */
export const findDeadLetter =
  ({ log, states }: DeadLetterBox) =>
  async (id: string): Promise<SeenDeadLetter> => {
    const { topic, partition, from } = parseDeadLetterRange(id)
    const extents = await log.extents(topic)
    const extent = extents.find((each) => each.partition === partition)
    const isThere = extent !== undefined && from >= extent.first && from < extent.end
    const [read] = isThere ? await log.read({ topic, partition, from, max: 1 }) : []
    const letters = read === undefined ? [] : [readDeadLetter(read)].filter((l) => l.id === id)
    const [found] = await withStates(states, topic, letters)
    if (found === undefined) throw new DeadLetterUnknownError(id)
    return found
  }
