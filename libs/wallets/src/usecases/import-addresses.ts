import { AppError } from '@coffer/errors/app-error'
import { parseOwnedAddress } from '@coffer/evm/address'
import { requireChain } from '@coffer/evm/require-chain'
import type { TextLine } from '@coffer/http/text-lines'
import { type ChainId, parseChainId } from '@coffer/money/chain-id'
import { z } from 'zod'
import { parseOwnerReference } from '../domain/owner-reference.ts'
import type { AddressBook, Import, ImportOutcome, ScanPosition } from '../ports.ts'

export type ImportAddressesOptions = {
  book: AddressBook
  scanPosition: ScanPosition
  chains: readonly ChainId[]
}

export type ImportReport = {
  imported: number
  /** Those that their owner had already. */
  existing: number
  /** The first {@link REJECTED_MAX}, in the order of their lines. */
  rejected: { line: number; reason: string }[]
  rejectedCount: number
}

/** Rows that are stored by one transaction. */
const BATCH_SIZE = 5_000

/** Rejections that are told one by one; of those beyond only the count is told. */
export const REJECTED_MAX = 1_000

const REASONS: Record<Exclude<ImportOutcome, 'imported' | 'existing'>, string> = {
  taken: 'The address already belongs to another owner.',
  'unknown-owner': 'No owner has this id. An external id that is a UUID must be known before.',
}

const row = z.strictObject({ owner: z.string(), address: z.string(), chain: z.string() })

type ParsedLine = { line: number; entry: Omit<Import, 'watchedFrom'> }

/**
 * Registers an address for an owner of `tenant` for each line `{"owner", "address", "chain"}`, in
 * batches, so that memory stays small however many there are. A bad line is reported and stops
 * nothing. Importing the same lines again changes nothing, so an import that was cut off is simply
 * repeated.
 */
export function importAddresses({ book, scanPosition, chains }: ImportAddressesOptions) {
  return async (lines: AsyncIterable<TextLine>, tenant: string | null): Promise<ImportReport> => {
    const report: ImportReport = { imported: 0, existing: 0, rejected: [], rejectedCount: 0 }
    const reject = (line: number, reason: string) => {
      report.rejectedCount += 1
      report.rejected.push({ line, reason })
    }
    let batch: ParsedLine[] = []
    const store = async () => {
      const imports = await withPositions(batch, scanPosition)
      for (const [index, outcome] of (await book.import(imports, tenant)).entries()) {
        if (outcome === 'imported' || outcome === 'existing') report[outcome] += 1
        else reject(batch[index]?.line ?? 0, REASONS[outcome])
      }
      batch = []
      // Lines that could not be read and rows that were refused arrive in different orders.
      report.rejected.sort((a, b) => a.line - b.line).splice(REJECTED_MAX)
    }
    for await (const line of lines) {
      const parsed = parseLine(line, chains)
      if (typeof parsed === 'string') reject(line.number, parsed)
      else batch.push({ line: line.number, entry: parsed })
      if (batch.length >= BATCH_SIZE || report.rejected.length > REJECTED_MAX + BATCH_SIZE) {
        await store()
      }
    }
    await store()
    return report
  }
}

async function withPositions(
  batch: readonly ParsedLine[],
  scanPosition: ScanPosition,
): Promise<Import[]> {
  const chains = [...new Set(batch.map(({ entry }) => entry.chain))]
  const positions = new Map<ChainId, bigint>()
  for (const chain of chains) positions.set(chain, await scanPosition(chain))
  return batch.map(({ entry }) => ({ ...entry, watchedFrom: positions.get(entry.chain) ?? 0n }))
}

/** The entry of a line, or the reason why it has none. */
function parseLine(line: TextLine, chains: readonly ChainId[]): ParsedLine['entry'] | string {
  if ('tooLong' in line) return 'The line is too long to be {"owner", "address", "chain"}.'
  try {
    const { owner, address, chain } = row.parse(JSON.parse(line.text))
    return {
      owner: parseOwnerReference(owner),
      address: parseOwnedAddress(address),
      chain: requireChain(parseChainId(chain), chains),
    }
  } catch (error) {
    if (error instanceof SyntaxError) return 'The line is not JSON.'
    if (error instanceof z.ZodError) return error.issues.map(issueText).join(' ')
    if (error instanceof AppError) return error.message
    throw error
  }
}

const issueText = ({ path, message }: { path: PropertyKey[]; message: string }): string =>
  `${path.length === 0 ? 'The line' : path.join('.')}: ${message.slice(0, 200)}.`
