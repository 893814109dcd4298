import { AppError } from '@coffer/errors/app-error'
import type { BlockHeader } from '../domain/block.ts'
import type { ChainReader } from '../ports.ts'
import type { Witnesses } from '../witness-ports.ts'

export type AgreedHeaderPorts = {
  reader: Pick<ChainReader, 'headerAt'>
  witnesses: Pick<Witnesses, 'headerAt' | 'hosts'>
  quorum: number
}

/**
 * The header at a height that a decision may rest on: two endpoints have it, or the quorum, where
 * there are so many. One that is away has no say; where one contradicts another nothing is told.
 * Throws {@link NodesDisagreeError}. `undefined` beyond the head.
 */
export function agreedHeader({ reader, witnesses, quorum }: AgreedHeaderPorts) {
  const voices = Math.max(quorum, Math.min(2, witnesses.hosts))
  return async (height: bigint): Promise<BlockHeader | undefined> => {
    const header = await reader.headerAt(height)
    if (header === undefined || voices < 2) return header
    const { agreed, said, problem } = await witnesses.headerAt(height, voices)
    if (agreed) return agreed
    const isContested = said.some(({ hash }) => hash !== header.hash)
    if (isContested || quorum > 1) throw new NodesDisagreeError(height, problem)
    return header
  }
}

/** The endpoints of a chain don't tell the same of it. */
export class NodesDisagreeError extends AppError {
  readonly code = 'NODES_DISAGREE'

  constructor(height: bigint, problem: string) {
    super(
      `The endpoints don't agree on block ${height}: ${problem} Find out who is right, and take ` +
        'the others out of the configuration.',
      { retry: 'retry', details: { height } },
    )
  }
}
