import type { Confirmations } from '@coffer/evm/chain-config'

/**
 * The height up to which deposits are final when everything up to `scanned` is scanned: so many
 * blocks deep, its own included, or as far as the node's tag says. Never beyond what was scanned.
 */
export function finalHeight(
  confirmations: Confirmations,
  { scanned, tagged }: { scanned: bigint; tagged: bigint | null },
): bigint {
  if (typeof confirmations === 'number') return scanned - BigInt(confirmations) + 1n
  if (tagged === null) return -1n
  return tagged < scanned ? tagged : scanned
}
