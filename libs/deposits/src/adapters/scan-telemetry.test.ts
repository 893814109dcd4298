import { blockHash } from '@coffer/evm/hash'
import { chainIdOf } from '@coffer/money/chain-id'
import type { Logger } from '@coffer/telemetry/logger'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { CHAIN } from '../testing/fake-transfers.ts'
import { scanTelemetry } from './scan-telemetry.ts'

const ref = (number: bigint) => ({ number, hash: blockHash(`0x${'a'.repeat(64)}`) })

test('counts what was stored and shows where the scan stands', async () => {
  const { observer, value } = telemetry()

  observer.polled({ ...ref(12n), tagged: {} })
  observer.advanced(ref(9n), { blocks: 10, found: 3, published: 2 })
  observer.advanced(ref(12n), { blocks: 3, found: 1, published: 0 })

  expect(await value('coffer_chain_head')).toBe(12)
  expect(await value('coffer_chain_checkpoint')).toBe(12)
  expect(await value('coffer_blocks_scanned_total')).toBe(13)
  expect(await value('coffer_deposits_found_total')).toBe(4)
  expect(await value('coffer_deposits_published_total')).toBe(2)
})

test('counts the blocks whose logs proved too little', async () => {
  const { observer, value } = telemetry()

  observer.doubted(7n, 'log 1 is a removed one')
  observer.doubted(9n, 'log 0 is a removed one')

  expect(await value('coffer_blocks_doubted_total')).toBe(2)
})

test('counts what is not credited, by the reason', async () => {
  const { observer, metrics } = telemetry()
  const facts = { blocks: 1, found: 3, published: 1 }

  observer.advanced(ref(1n), { ...facts, rejected: { asset_not_accepted: 2 } })
  observer.advanced(ref(2n), { ...facts, rejected: { asset_not_accepted: 1, below_minimum: 1 } })

  const metric = await metrics.getSingleMetric('coffer_deposits_rejected_total')?.get()
  expect(metric?.values.map(({ labels, value }) => [labels['reason'], value])).toEqual([
    ['asset_not_accepted', 3],
    ['below_minimum', 1],
  ])
})

test('raises an alarm when an accepted token is not what it was', () => {
  const { observer, errors } = telemetry()
  const facts = { blocks: 1, found: 3, published: 0 }

  observer.advanced(ref(1n), { ...facts, rejected: { asset_not_accepted: 2, below_minimum: 1 } })
  observer.advanced(ref(2n), { ...facts, rejected: { asset_halted: 3 } })

  expect(errors).toEqual([{ chain: CHAIN, reason: 'asset_halted', times: 3 }])
})

test('shows the checkpoint where a reorg has put it', async () => {
  const { observer, value } = telemetry()
  observer.advanced(ref(12n), { blocks: 13, found: 3, published: 2 })

  observer.rolledBack(ref(10n), { blocks: 2, reversed: 1 })
  expect(await value('coffer_chain_checkpoint')).toBe(10)
  expect(await value('coffer_reorgs_total')).toBe(1)
  expect(await value('coffer_deposits_reversed_total')).toBe(1)

  observer.rolledBack(null, { blocks: 11, reversed: 0 })
  expect(await value('coffer_chain_checkpoint')).toBeUndefined()
})

test('raises an alarm while the chain is latched, and takes it back when it is scanned again', async () => {
  const { observer, value, errors } = telemetry()

  observer.latched('the node follows another chain')
  expect(await value('coffer_chain_latched')).toBe(1)
  expect(errors).toEqual([{ chain: CHAIN, reason: 'the node follows another chain' }])

  observer.polled({ ...ref(12n), tagged: {} })
  expect(await value('coffer_chain_latched')).toBe(0)
})

test('tells how far reading calls is behind, growing older while nothing is read', async () => {
  const { observer, value } = telemetry()
  const header = { ...ref(9n), parentHash: ref(8n).hash }
  const ago = (seconds: number) => ({ ...header, time: new Date(Date.now() - seconds * 1_000) })

  observer.traced({ blocks: 3n, last: undefined })
  expect(await value('coffer_trace_lag_blocks')).toBe(3)
  expect(await value('coffer_trace_lag_seconds')).toBeUndefined()

  observer.traced({ blocks: 2n, last: ago(60) }, { blocks: 1, found: 2, published: 1 })
  expect(await value('coffer_trace_lag_seconds')).toBeGreaterThanOrEqual(60)
  expect(await value('coffer_deposits_found_total')).toBe(2)

  observer.traced({ blocks: 0n, last: ago(60) })
  expect(await value('coffer_trace_lag_blocks')).toBe(0)
  expect(await value('coffer_trace_lag_seconds')).toBe(0)
})

test('keeps the chains of a process apart', async () => {
  const { observer, other, value } = telemetry()

  observer.advanced(ref(12n), { blocks: 1, found: 0, published: 0 })
  other.advanced(ref(7n), { blocks: 1, found: 0, published: 0 })

  expect(await value('coffer_chain_checkpoint')).toBe(12)
})

function telemetry() {
  const metrics = new Registry()
  const errors: object[] = []
  const quiet = () => undefined
  const logger: Logger = {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (fields) => errors.push(fields),
    child: () => logger,
  }
  const observers = scanTelemetry(metrics, logger)
  const value = async (name: string): Promise<number | undefined> => {
    const metric = await metrics.getSingleMetric(name)?.get()
    return metric?.values.find(({ labels }) => labels['chain'] === CHAIN)?.value
  }
  return { observer: observers(CHAIN), other: observers(chainIdOf(1)), errors, value, metrics }
}
