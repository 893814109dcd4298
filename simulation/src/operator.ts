import { releaseDeposit } from '@coffer/deposits/release-deposit'
import { CHAIN } from '@coffer/deposits/testing/fake-transfers'
import type { MemoryScan } from '@coffer/deposits/testing/memory-scan'
import { AppError } from '@coffer/errors/app-error'
import { txHash } from '@coffer/evm/hash'
import type { Payments } from './payments.ts'
import type { Room } from './room.ts'
import type { StoreWitness } from './store-witness.ts'

export type OperatorOptions = {
  database: MemoryScan['database']
  payments: Payments
  witness: StoreWitness
}

/** Who lets go of deposits that are held in suspense. */
export type Operator = {
  /** Tries to release any deposit, also one that must not be. */
  releaseOne(): Promise<void>
  /** Whether a deposit was let go, and its block never left the chain since. */
  hasReleased(id: string): boolean
  /** Has all read again that the audit or a balance has told of. Answers whether there was any. */
  rescanTold(): Promise<boolean>
  /** Everything above this height was taken back. */
  tookBack(to: bigint): void
}

export function openOperator(room: Room, options: OperatorOptions): Operator {
  const { random, coverage, trace } = room
  const { database, payments, witness } = options
  const released = new Map<string, bigint>()
  const release = releaseDeposit({
    releases: database.releases,
    chains: [CHAIN],
    onReleased: () => coverage.saw('operator: deposit released'),
  })
  return {
    async releaseOne() {
      // Whether what a node may have made up has happened, a person would find out first.
      const deposits = database.deposits().filter(({ reason }) => reason !== 'unproven')
      const held = deposits.filter(({ status, reason }) => status === 'rejected' && reason !== null)
      const choice = held.length > 0 && random.below(4) > 0 ? held : deposits
      if (choice.length === 0) return
      const { id, owner, amount, blockNumber, reason } = random.pick(choice)
      const [, , hash = '', ...position] = id.split(':')
      try {
        const place = { txHash: txHash(hash), position: position.join(':') }
        if (reason !== null) payments.allowCredit({ id, owner, amount })
        await release({ chain: CHAIN, ...place, reason: 'asked for' })
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        coverage.saw('operator: release refused')
        return
      }
      trace.say(`operator: releases ${id}`)
      released.set(id, blockNumber)
      witness.operated()
    },
    async rescanTold() {
      const page = { before: undefined, limit: 1_000_000 }
      const gaps = await database.gaps.list({ isOpen: true }, page)
      for (const { id, fromBlock, toBlock } of gaps) {
        database.requestRescan(fromBlock, toBlock, id)
        coverage.saw('operator: gap rescanned')
      }
      const differences = await database.differences.list({ isOpen: true }, page)
      for (const { from, to } of differences) {
        database.requestRescan(from + 1n, to)
        coverage.saw('operator: difference rescanned')
      }
      return gaps.length + differences.length > 0
    },
    hasReleased: (id) => released.has(id),
    tookBack(to) {
      for (const [id, number] of released) if (number > to) released.delete(id)
    },
  }
}
