/** How many blocks to ask for in one request, by how large the answers have been of late. */
export type RequestSize = {
  blocks(): number
  /** So many blocks came in so many bytes. */
  answered(blocks: number, bytes: number): void
}

export type RequestSizeOptions = {
  first: number
  max: number
  /** How large an answer should be. */
  bytes: number
}

/** How much the newest answer counts in the average: blocks of a chain differ, and soon change. */
const NEWEST_SHARE = 0.25

/** At least one block, however large. A request never asks for twice as much as the one before. */
export function requestSize({ first, max, bytes: wanted }: RequestSizeOptions): RequestSize {
  let size = Math.min(first, max)
  let bytesPerBlock: number | undefined
  return {
    blocks: () => size,
    answered(blocks, bytes) {
      const each = bytes / blocks
      bytesPerBlock =
        bytesPerBlock === undefined ? each : bytesPerBlock + (each - bytesPerBlock) * NEWEST_SHARE
      const fitting = Math.floor(wanted / Math.max(1, bytesPerBlock))
      size = Math.max(1, Math.min(fitting, max, 2 * size))
    },
  }
}
