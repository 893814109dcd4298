import type { Gap, GapReader, GapStore } from '../gap-ports.ts'
import type { Tables } from './memory-tables.ts'

type Gaps = Pick<Tables, 'chain' | 'gaps'>

/** {@link GapStore} in memory. */
export function memoryGapStore(tables: Gaps, requireLease: () => void): GapStore {
  const { gaps } = tables
  return {
    async openGap(gap) {
      requireLease()
      openGap(tables, gap)
    },

    async nextGap(kind) {
      const [next] = gaps
        .filter((gap) => gap.kind === kind && isOpen(gap))
        .sort((a, b) => a.attempts - b.attempts || Number(a.fromBlock - b.fromBlock))
      return next && { ...next }
    },

    async closeGaps(range) {
      requireLease()
      closeGaps(tables, range)
    },

    async failGap(id, error) {
      requireLease()
      const gap = gaps.find((each) => each.id === id)
      if (gap && isOpen(gap)) Object.assign(gap, { attempts: gap.attempts + 1, lastError: error })
    },
  }
}

/** {@link GapReader} of the one chain that there is. */
export function memoryGapReader({ chain: ours, gaps }: Gaps): GapReader {
  return {
    async list({ chain, isOpen: wanted }, { before, limit }) {
      return gaps
        .filter((gap) => (chain ?? ours) === ours && isOpen(gap) === (wanted ?? isOpen(gap)))
        .filter(({ id }) => before === undefined || id < before)
        .sort((a, b) => Number(b.id - a.id))
        .slice(0, limit)
        .map((gap) => ({ ...gap }))
    },
    async find(id) {
      const gap = gaps.find((each) => each.id === id)
      return gap && { ...gap }
    },
    async counts() {
      const open = Map.groupBy(gaps.filter(isOpen), ({ kind }) => kind)
      return [...open]
        .map(([kind, some]) => ({ chain: ours, kind, gaps: some.length, blocks: blocksOf(some) }))
        .sort((a, b) => (a.kind < b.kind ? -1 : 1))
    },
  }
}

/** Opens a gap. Answers whether that was new, and not all in an open gap already. */
export function openGap(tables: Gaps, gap: Opening): boolean {
  const { fromBlock, toBlock } = gap
  const grown = growing(tables, gap)
  if (grown === undefined) {
    add(tables, gap)
    return true
  }
  const isNew = !isOpen(grown) || grown.fromBlock > fromBlock || grown.toBlock < toBlock
  if (grown.closedAt) Object.assign(grown, { fromBlock, openedAt: new Date() })
  grown.fromBlock = least(grown.fromBlock, fromBlock)
  grown.toBlock = most(grown.toBlock, toBlock)
  Object.assign(grown, { closedAt: null, closedBy: null })
  return isNew
}

/** Takes blocks out of the gap that a rescan is to close, if there is one. */
export function closeGapOf(
  tables: Gaps,
  id: bigint | undefined,
  { from: fromBlock, to: toBlock }: { from: bigint; to: bigint },
): void {
  const gap = tables.gaps.find((each) => each.id === id)
  if (gap) closeGaps(tables, { kind: gap.kind, fromBlock, toBlock, id: gap.id })
}

type Closed = Pick<Gap, 'kind' | 'fromBlock' | 'toBlock'> & { id?: bigint }

/** Takes a range out of the open gaps of its kind; with `id` of that one alone. */
export function closeGaps(tables: Gaps, { kind, fromBlock, toBlock, id }: Closed): void {
  for (const gap of [...tables.gaps]) {
    const isHit = gap.kind === kind && isOpen(gap) && (id === undefined || gap.id === id)
    if (!isHit || gap.fromBlock > toBlock || gap.toBlock < fromBlock) continue
    const [below, above] = [gap.fromBlock < fromBlock, gap.toBlock > toBlock]
    Object.assign(gap, { attempts: 0, lastError: null })
    if (below && above) {
      const { reason, openedAt } = gap
      add(tables, { kind, reason, openedAt, fromBlock: toBlock + 1n, toBlock: gap.toBlock })
    }
    if (below) gap.toBlock = fromBlock - 1n
    else if (above) gap.fromBlock = toBlock + 1n
    else Object.assign(gap, { closedAt: new Date(), closedBy: 'work' })
  }
}

/** Takes everything above `last` out of all open gaps. */
export function cutGaps({ gaps }: Gaps, last: bigint): void {
  for (const gap of gaps) {
    if (!isOpen(gap) || gap.toBlock <= last) continue
    if (gap.fromBlock <= last) gap.toBlock = last
    else Object.assign(gap, { closedAt: new Date(), closedBy: 'reorg' })
  }
}

type Opening = Pick<Gap, 'kind' | 'fromBlock' | 'toBlock' | 'reason'> & { openedAt?: Date }

function growing({ gaps }: Gaps, { kind, fromBlock, toBlock, reason }: Opening) {
  const [first] = gaps
    .filter((gap) => gap.kind === kind && gap.reason === reason)
    .filter((gap) => gap.toBlock >= fromBlock - 1n && gap.fromBlock <= toBlock + 1n)
    .filter((gap) => isOpen(gap) || (gap.closedBy === 'work' && gap.toBlock === fromBlock - 1n))
    .sort((a, b) => Number(!isOpen(a)) - Number(!isOpen(b)) || Number(a.fromBlock - b.fromBlock))
  return first
}

function add({ chain, gaps }: Gaps, opening: Opening): void {
  const { kind, fromBlock, toBlock, reason, openedAt = new Date() } = opening
  const fresh = { attempts: 0, lastError: null, closedAt: null, closedBy: null }
  const id = BigInt(gaps.length + 1)
  gaps.push({ id, chain, kind, fromBlock, toBlock, reason, openedAt, ...fresh })
}

const isOpen = ({ closedAt }: Gap) => closedAt === null
const blocksOf = (gaps: readonly Gap[]) =>
  gaps.reduce((sum, { fromBlock, toBlock }) => sum + toBlock - fromBlock + 1n, 0n)
const least = (a: bigint, b: bigint) => (a < b ? a : b)
const most = (a: bigint, b: bigint) => (a > b ? a : b)
