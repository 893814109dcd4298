import type { Postgres } from '@coffer/postgres/open-postgres'
import { and, eq } from 'drizzle-orm'
import { blocks } from '../schema.ts'

/** A block as it was scanned. */
export type ScannedBlock = {
  number: bigint
  hash: `0x${string}`
  parentHash: `0x${string}`
  time: Date
  scannedAt: Date
  /** When it left the chain. */
  orphanedAt: Date | undefined
}

/** The scanned block with this hash; old ones may be gone. */
export async function findScannedBlock(
  postgres: Postgres,
  { chain, hash }: { chain: string; hash: `0x${string}` },
): Promise<ScannedBlock | undefined> {
  const [row] = await postgres
    .select()
    .from(blocks)
    .where(and(eq(blocks.chain, chain), eq(blocks.hash, hash)))
  if (row === undefined) return undefined
  const { number, parentHash, time, scannedAt, orphanedAt } = row
  return { number, hash, parentHash, time, scannedAt, orphanedAt: orphanedAt ?? undefined }
}
