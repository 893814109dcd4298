import { isSuspended } from '../domain/rejection.ts'
import type { Releases } from '../usecases/release-deposit.ts'
import { publish } from './memory-deposits.ts'
import type { Tables } from './memory-tables.ts'

/** {@link Releases} in memory that let go of deposits in `tables` as those in PostgreSQL do. */
export function memoryReleases(tables: Tables): Releases {
  return {
    async release({ chain, txHash, position }, refuses) {
      const deposit = tables.deposits.get(`${chain}:${txHash}:${position}`)
      if (deposit === undefined) return undefined
      const { status, reason, blockNumber } = deposit
      const was = { status, reason, blockNumber, final: tables.final, latched: tables.latched }
      if (refuses(was)) return was
      if (isSuspended(reason)) publish(tables, [deposit], 'reversal')
      Object.assign(deposit, { status: 'final', reason: null, revision: deposit.revision + 1 })
      publish(tables, [deposit], 'confirmation')
      return was
    },
  }
}
