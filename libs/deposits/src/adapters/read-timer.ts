import { isTracing } from '@coffer/telemetry/tracing'
import type { Block } from '../domain/block.ts'

/** Notes when blocks that were asked for just now are told and proven, if that is traced. */
export function readTimer() {
  if (!isTracing()) return noTimer
  const askedMs = Date.now()
  let toldMs = askedMs
  return {
    told: () => {
      toldMs = Date.now()
    },
    proven(blocks: Block[]): Block[] {
      const read = { askedMs, toldMs, provenMs: Date.now() }
      for (const block of blocks) block.read = read
      return blocks
    },
  }
}

const noTimer = {
  told: (): void => undefined,
  proven: (blocks: Block[]): Block[] => blocks,
}
