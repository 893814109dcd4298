import type { TxHash } from '@coffer/evm/hash'
import { RescanMovedError } from '../adapters/postgres-rescans.ts'
import { ChainLatchedError } from '../adapters/scan-lease.ts'
import type { AuditStore } from '../audit-ports.ts'
import type { AuditFinding, StoredTransfer } from '../domain/audit.ts'
import { gapsToOpen, withoutUnwritten } from '../domain/audit-gaps.ts'
import { depositId } from '../domain/transfer.ts'
import { readBlocks, requireCanonical, storeBlocks } from './memory-blocks.ts'
import { isPublished, publish, storeDeposits } from './memory-deposits.ts'
import { openGap } from './memory-gaps.ts'
import type { Tables } from './memory-tables.ts'
import type { StoredDeposit } from './stored-deposit.ts'

/** {@link AuditStore} in memory. */
export function memoryAuditStore(tables: Tables, requireLease: () => void): AuditStore {
  const { chain, start } = tables
  const nextOf = () => (tables.audited === null ? start : tables.audited + 1n)
  const lastOf = () => {
    const owed = tables.gaps
      .filter(({ kind, closedAt }) => kind === 'traces' && closedAt === null)
      .map(({ fromBlock }) => fromBlock - 1n)
    return [...owed, tables.final ?? -1n].reduce((a, b) => (a < b ? a : b))
  }
  return {
    async auditPosition() {
      return { start, next: nextOf(), last: lastOf() }
    },

    async auditedBlocks(from, to) {
      return readBlocks(tables, from, to)
    },

    async auditedDeposits(from, to, found) {
      const ids = new Set(found.map((transfer) => depositId(chain, transfer)))
      return [...tables.deposits.values()]
        .filter(({ id, blockNumber: at }) => (at >= from && at <= to) || ids.has(id))
        .map(storedTransfer)
    },

    async registrationsOf(addresses) {
      const { ownerOf, registrations } = tables
      return new Map(
        addresses.map((address) => {
          const always = { watchedFrom: 0n, registeredAt: new Date(0) }
          return [address, registrations.get(address) ?? { owner: ownerOf(address), ...always }]
        }),
      )
    },

    async applyAudit({ next, to, canonical, proven, absent, findings }) {
      requireLease()
      if (tables.latched !== null) throw new ChainLatchedError(chain)
      if (nextOf() !== next || to > lastOf()) throw new RescanMovedError(chain)
      const missing = findings.filter(({ kind }) => kind === 'block_missing')
      const isStored = ({ height }: AuditFinding) => readBlocks(tables, height, height).length > 0
      if (missing.some(isStored)) throw new RescanMovedError(chain)
      requireCanonical(
        tables,
        canonical.filter(({ hash }) => proven.every((block) => block.hash !== hash)),
      )
      tables.audited = to
      storeBlocks(tables, proven)
      const stored = storeDeposits(tables, absent, {
        final: tables.final ?? -1n,
        tiers: tables.tiers,
      })
      publish(tables, stored.filter(isPublished), 'confirmation')
      const real = withoutUnwritten(findings, new Set(stored.map(({ id }) => id)))
      const known = gapsToOpen(real).flatMap(({ gap, tells }) =>
        openGap(tables, gap) ? [] : [...tells],
      )
      return real.filter((finding) => !known.includes(finding))
    },
  }
}

function storedTransfer(deposit: StoredDeposit): StoredTransfer {
  const { id, asset, amount, to, owner, status, reason, blockNumber, blockHash } = deposit
  const [, hash = '', position = ''] = /:(0x[0-9a-f]{64}):(.*)$/.exec(id) ?? []
  return {
    ...{ txHash: hash as TxHash, position, asset, amount, to, owner, reason },
    block: { number: blockNumber, hash: blockHash },
    isStanding: status !== 'orphaned' && status !== 'reversed',
  }
}
