import { LeaseLostError } from '../adapters/scan-lease.ts'
import type {
  BalanceDifferences,
  BalanceDifferenceView,
  BalanceProofStore,
  DueHolding,
  Holding,
  ProofSkip,
  ProofSkipView,
} from '../balance-ports.ts'
import { MOVED_NOTHING } from '../domain/balance-proof.ts'
import type { BlockRef } from '../domain/block.ts'
import type { Tables } from './memory-tables.ts'
import type { StoredDeposit } from './stored-deposit.ts'

type Proven = Holding & { owner: string; block: BlockRef; balance: bigint | null }

/** What the tables of a balance proof hold. */
export type MemoryProofs = {
  proven: Map<string, Proven>
  provenTo: BlockRef | null
  differences: BalanceDifferenceView[]
  skips: ProofSkipView[]
}

/** {@link BalanceProofStore} in memory. */
export function memoryBalanceProofs(tables: Tables, requireLease: () => void): BalanceProofStore {
  const { proofs } = tables
  const isStored = ({ hash }: BlockRef) => tables.blocks.get(hash)?.orphaned === false

  const dueOf = (holding: Holding & { owner: string }, first?: bigint): DueHolding => {
    const { asset, holder, owner } = holding
    const last = proofs.proven.get(nameOf(holding))
    const isProven = last !== undefined && last.balance !== null && isStored(last.block)
    const above = [...tables.blocks.values()].find((b) => b.number === first && !b.orphaned)
    return {
      ...{ asset, holder, owner },
      proven: isProven ? { block: last.block, balance: last.balance ?? 0n } : null,
      before: above ? { number: above.number - 1n, hash: above.parentHash } : null,
    }
  }
  return {
    async proofStand() {
      const { provenTo } = proofs
      const owed = tables.gaps.filter(({ closedAt, kind }) => !closedAt && kind !== 'audit')
      const [owedFrom = null] = owed.map(({ fromBlock }) => fromBlock).sort(ascending)
      const isKnown = provenTo !== null && isStored(provenTo)
      return { provenTo: isKnown ? provenTo.number : null, owedFrom, lagBlocks: 0n }
    },

    async touchedHoldings({ from, through }, { assets, limit }) {
      const firsts = new Map<string, { deposit: StoredDeposit; first: bigint }>()
      for (const deposit of tables.deposits.values()) {
        const { blockNumber, asset } = deposit
        const name = nameOf(holdingOf(deposit))
        const last = proofs.proven.get(name)?.block
        const since = last && isStored(last) ? last.number : -1n
        const isDue = blockNumber >= from && blockNumber <= through && blockNumber > since
        if (!isDue || !assets.some((each) => each === asset) || !counts(deposit)) continue
        const known = firsts.get(name)
        const first = known && known.first < blockNumber ? known.first : blockNumber
        firsts.set(name, { deposit, first })
      }
      return [...firsts.values()]
        .sort((a, b) => ascending(a.first, b.first) || byHolder(a.deposit.to, b.deposit.to))
        .slice(0, limit)
        .map(({ deposit, first }) => dueOf(holdingOf(deposit), first))
    },

    async oldestHoldings(to, { assets, limit }) {
      return [...proofs.proven.values()]
        .filter(({ block, asset }) => block.number < to && assets.includes(asset))
        .sort((a, b) => ascending(a.block.number, b.block.number) || byHolder(a.holder, b.holder))
        .slice(0, limit)
        .map((holding) => dueOf(holding))
    },

    async detectedIn(holdings, to) {
      return holdings.map((holding) => detected(tables, holding, { after: holding.after, to }))
    },

    async recordProof({ to, proven, differences, provenTo, skip }) {
      requireLease()
      if (!isStored(to)) throw new LeaseLostError(tables.chain)
      for (const holding of proven) {
        proofs.proven.set(nameOf(holding), { ...holding, block: to })
      }
      for (const difference of differences) {
        const id = BigInt(proofs.differences.length + 1)
        const open = { noticedAt: new Date(0), closedAt: null, closedBy: null }
        proofs.differences.push({ id, chain: tables.chain, ...difference, ...open })
      }
      if (skip) noteSkip(tables, skip)
      if (provenTo !== undefined) moveProof(tables, provenTo)
      return closeExplained(tables)
    },
  }
}

/** {@link BalanceDifferences} in memory. */
export function memoryBalanceDifferences({ proofs }: Pick<Tables, 'proofs'>): BalanceDifferences {
  const { differences, skips } = proofs
  return {
    async list({ isOpen }, { before, limit }) {
      return differences
        .filter(({ id }) => before === undefined || id < before)
        .filter(({ closedAt }) => isOpen === undefined || isOpen === (closedAt === null))
        .toReversed()
        .slice(0, limit)
    },
    async find(id) {
      return differences.find((each) => each.id === id)
    },
    async skips(limit) {
      return skips.toReversed().slice(0, limit)
    },
    async close(id, reason) {
      const open = differences.find((each) => each.id === id && each.closedAt === null)
      if (open) Object.assign(open, { closedAt: new Date(0), closedBy: reason })
      return open !== undefined
    },
  }
}

function noteSkip({ chain, proofs: { skips } }: Tables, skip: ProofSkip): void {
  const { kind, from } = skip
  const known = skips.find((each) => each.kind === kind && each.from === from)
  if (known) Object.assign(known, skip, { closedAt: null })
  else skips.push({ ...skip, chain, noticedAt: new Date(0), closedAt: null })
}

/** A proof that had to wait has caught up once the position moves. */
function moveProof(tables: Tables, provenTo: bigint): void {
  tables.proofs.provenTo = storedAt(tables, provenTo)
  for (const skip of tables.proofs.skips) {
    if (skip.kind === 'waiting') skip.closedAt ??= new Date(0)
  }
}

function closeExplained(tables: Tables) {
  let explained = 0
  const { differences } = tables.proofs
  for (const difference of differences.filter(({ closedAt }) => closedAt === null)) {
    const { from: after, to, base, sent, found } = difference
    if (found !== base - sent + detected(tables, difference, { after, to })) continue
    Object.assign(difference, { closedAt: new Date(0), closedBy: 'explained' })
    explained += 1
  }
  return { open: differences.filter(({ closedAt }) => closedAt === null).length, explained }
}

function detected(
  { deposits }: Tables,
  holding: Holding,
  { after, to }: { after: bigint; to: bigint },
): bigint {
  return [...deposits.values()]
    .filter((deposit) => nameOf(holdingOf(deposit)) === nameOf(holding) && counts(deposit))
    .filter(({ blockNumber }) => blockNumber > after && blockNumber <= to)
    .reduce((sum, { amount }) => sum + amount, 0n)
}

/** Whether a deposit changed a balance. */
const counts = ({ status, reason, from, to }: StoredDeposit): boolean =>
  !['orphaned', 'reversed'].includes(status) &&
  from !== to &&
  !(status === 'rejected' && MOVED_NOTHING.some((each) => each === reason))

function storedAt({ blocks }: Tables, height: bigint): BlockRef | null {
  const found = [...blocks.values()].find(({ number, orphaned }) => number === height && !orphaned)
  return found ? { number: found.number, hash: found.hash } : null
}

const holdingOf = ({ asset, to, owner }: StoredDeposit) => ({ asset, holder: to, owner })

const nameOf = ({ asset, holder }: Holding) => `${asset} ${holder}`

const byHolder = (a: string, b: string) => (a < b ? -1 : Number(a > b))

const ascending = (a: bigint, b: bigint) => Number(a - b)
