import type { DepositKind } from '@coffer/simulator/deposit-plan'
import { InvalidArgumentError } from 'commander'

const KINDS: readonly DepositKind[] = ['native', 'erc20', 'batch']

/** Reads `native,erc20,batch` of the command line. */
export const depositKinds = (text: string): DepositKind[] =>
  text.split(',').map((name) => {
    const kind = KINDS.find((candidate) => candidate === name.trim())
    if (kind === undefined) throw new InvalidArgumentError(`Expected some of ${KINDS.join(', ')}.`)
    return kind
  })
