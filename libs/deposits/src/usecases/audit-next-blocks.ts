import { describeError } from '@coffer/errors/app-error'
import type { AuditSettings } from '@coffer/evm/audit-settings'
import type { Clock } from '@coffer/runtime/clock'
import type { StepResult } from '@coffer/runtime/poll'
import type { AuditObserver, AuditPosition, AuditStore } from '../audit-ports.ts'
import type { ChainReader, ScanState, ScanStore } from '../ports.ts'
import type { AuditRange } from './audit-range.ts'

export type AuditPorts = {
  reader: Pick<ChainReader, 'headerAt'>
  store: Pick<ScanStore, 'open'> & AuditStore
  auditRange: (state: ScanState, range: AuditRange) => Promise<boolean>
  settings: AuditSettings
  observer: AuditObserver
  clock: Clock
}

/** So often a block is tried before it is written down that it can't be audited. */
export const ATTEMPTS_MAX = 10

/**
 * One step of the audit: the next final blocks that are not audited yet, never more of them than
 * the settings allow. A block that can't be audited while its endpoints answer is written down as
 * such, and the audit goes on.
 */
export function auditNextBlocks(ports: AuditPorts) {
  const { reader, store, auditRange, settings, observer, clock } = ports
  const rangeBlocks = BigInt(settings.rangeBlocks)
  let notBeforeMs = Number.NEGATIVE_INFINITY
  let failed = { at: -1n, times: 0 }

  return async (): Promise<StepResult> => {
    if (clock.nowMs() < notBeforeMs) return 'idle'
    const state = await store.open()
    if (state === undefined || state.latched !== null) return 'idle'
    const position = await store.auditPosition()
    const from = firstOf(position)
    if (from === undefined) return 'idle'
    if (failed.at !== from) failed = { at: from, times: 0 }
    // Whatever can't be audited holds up no more than itself.
    const to = failed.times > 0 ? from : least(from + rangeBlocks - 1n, position.last)
    const { next } = position
    const startedMs = clock.nowMs()
    try {
      const hasMoved = await auditRange(state, { from, to, next })
      const paceMs = (Number(to - from + 1n) * 1_000) / settings.blocksPerSecondMax
      notBeforeMs = startedMs + paceMs
      return hasMoved ? 'busy' : 'idle'
    } catch (error) {
      failed.times += 1
      if (failed.times < ATTEMPTS_MAX) throw error
      await passOver({ from, next }, error)
      return 'busy'
    }
  }

  function firstOf({ start, next, last }: AuditPosition): bigint | undefined {
    if (next <= last) return next
    return settings.repeat && start <= last ? start : undefined
  }

  async function passOver({ from, next }: Omit<AuditRange, 'to'>, error: unknown): Promise<void> {
    // With its endpoints away nothing can be said of a block: this throws then.
    await reader.headerAt(from)
    const finding = { kind: 'unread' as const, height: from, subject: describeError(error) }
    const nothing = { canonical: [], proven: [], absent: [] }
    const fresh = await store.applyAudit({ next, to: from, ...nothing, findings: [finding] })
    observer.audited(from, { blocks: 0, findings: fresh })
  }
}

const least = (a: bigint, b: bigint) => (a < b ? a : b)
