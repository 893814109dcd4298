import { z } from 'zod'

/** How a chain's final blocks are audited: read again, slowly, from another endpoint. */
export type AuditSettings = {
  enabled: boolean
  /** Blocks read at once. */
  rangeBlocks: number
  /** More are never read, so that the audit takes nothing from the scan. */
  blocksPerSecondMax: number
  /** Whether it starts over once it has come to the last final block. */
  repeat: boolean
}

/** More than any chain makes, and little beside what a scan that catches up reads. */
const BLOCKS_PER_SECOND = 20

export const auditSettings = z
  .strictObject({
    enabled: z.boolean().default(true),
    rangeBlocks: z.int().min(1).max(1_000).default(10),
    blocksPerSecondMax: z.number().min(0.01).max(10_000).default(BLOCKS_PER_SECOND),
    repeat: z.boolean().default(false),
  })
  .prefault({})

/** The variables of a chain that is configured by variables. */
export const auditVariables = {
  AUDIT: z.enum(['on', 'off']).default('on'),
  AUDIT_BLOCKS_PER_SECOND_MAX: z.coerce.number().min(0.01).max(10_000).default(BLOCKS_PER_SECOND),
}

/** The settings that {@link auditVariables} make. */
export const auditFromVariables = ({
  AUDIT,
  AUDIT_BLOCKS_PER_SECOND_MAX: blocksPerSecondMax,
}: {
  AUDIT: 'on' | 'off'
  AUDIT_BLOCKS_PER_SECOND_MAX: number
}): AuditSettings => auditSettings.parse({ enabled: AUDIT === 'on', blocksPerSecondMax })
