import { AppError, describeError } from '@coffer/errors/app-error'
import { rpcFailure } from './rpc-failure.ts'

/** One who may be asked. */
export type Witness<T> = {
  name: string
  /** Two of one host are one witness. */
  host: string
  ask(): Promise<T>
}

export type QuorumOptions<T> = {
  /** In the order in which they are asked. */
  witnesses: readonly Witness<T>[]
  /** So many must say the same. */
  needed: number
  agree: (one: T, other: T) => boolean
  /** Is told who said something else than the quorum. */
  onDisagreed: (witness: string, said: T, agreed: T) => void
}

type Vote<T> = { witness: string } & ({ said: T } | { failed: unknown })

/**
 * What `needed` witnesses of different hosts say alike. Asks as many at first, and one more for
 * each that fails or says otherwise. Throws {@link QuorumError} when nobody is left to ask.
 */
export async function quorum<T>(options: QuorumOptions<T>): Promise<T> {
  const { witnesses, needed, agree, onDisagreed } = options
  if (needed < 1) throw new RangeError(`A quorum of ${needed} is none.`)
  const votes: Vote<T>[] = []
  const heard = new Set<string>()
  let left = [...witnesses]

  const largest = (): T[] => {
    const said = votes.flatMap((vote) => ('said' in vote ? [vote.said] : []))
    const groups = said.map((one) => said.filter((other) => agree(one, other)))
    return groups.reduce((most, group) => (group.length > most.length ? group : most), [])
  }
  const askOne = async (): Promise<void> => {
    const next = left.find(({ host }) => !heard.has(host))
    if (next === undefined) return
    left = left.filter((each) => each !== next)
    heard.add(next.host)
    try {
      votes.push({ witness: next.name, said: await next.ask() })
    } catch (error) {
      if (rpcFailure(error) === undefined && !isForeign(error)) throw error
      votes.push({ witness: next.name, failed: error })
      // The host's other endpoint may know more.
      heard.delete(next.host)
    }
  }
  while (largest().length < needed) {
    const missing = needed - largest().length
    const before = votes.length
    await Promise.all(Array.from({ length: missing }, askOne))
    if (votes.length === before) throw new QuorumError(needed, votes)
  }
  const [agreed] = largest() as [T, ...T[]]
  for (const vote of votes) {
    if ('said' in vote && !agree(vote.said, agreed)) onDisagreed(vote.witness, vote.said, agreed)
  }
  return agreed
}

const isForeign = (error: unknown) => error instanceof AppError && error.code === 'CHAIN_MISMATCH'

/** What somebody said, short enough for a log. */
export function shown(said: unknown): string {
  const text = JSON.stringify(said, (_, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
  return text === undefined ? 'nothing' : text.slice(0, 200)
}

/** Too few endpoints say the same. */
export class QuorumError extends AppError {
  readonly code = 'RPC_QUORUM'

  constructor(needed: number, votes: readonly Vote<unknown>[]) {
    const said = votes.map((vote) => {
      return 'said' in vote
        ? `${vote.witness} says ${shown(vote.said)}`
        : `${vote.witness} fails (${describeError(vote.failed)})`
    })
    super(`No ${needed} endpoints say the same: ${said.join('; ') || 'there are too few'}.`, {
      retry: 'retry',
      details: { needed, said },
    })
  }
}
