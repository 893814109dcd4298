import type { BlockHash } from '@coffer/evm/hash'
import type { Witnesses } from '../witness-ports.ts'

export type ConfirmReorgPorts = { witnesses: Witnesses; quorum: number }

/** What speaks against a reorg that one endpoint tells of; `undefined` is nothing. */
export type ConfirmReorg = (height: bigint, ours: BlockHash) => Promise<string | undefined>

/**
 * Holds what one endpoint says of our block at a height against what others say: a node that is
 * being synchronised, or follows a branch that is dead, must undo nothing. Of two who contradict
 * each other neither is believed, and the one that contradicts us is asked after the other, which
 * takes the scan further if it is right. Where nobody else answers, the one is believed, unless a
 * quorum was asked for.
 */
export function confirmReorg({ witnesses, quorum }: ConfirmReorgPorts): ConfirmReorg {
  const voices = Math.max(quorum, Math.min(2, witnesses.hosts))
  return async (height, ours) => {
    if (voices < 2) return undefined
    const { agreed, said, problem } = await witnesses.headerAt(height, voices)
    if (agreed) return agreed.hash === ours ? 'the others have our block' : undefined
    const longest = said.reduce((most, { head }) => (head > most ? head : most), -1n)
    const isContested = said.some(({ hash, head }) => hash === ours && head + LAG_MAX >= longest)
    if (isContested) {
      for (const { endpoint, hash } of said) if (hash !== ours) witnesses.distrust(endpoint)
    }
    return isContested || quorum > 1 ? problem : undefined
  }
}

/** One whose chain stands still has our block for ever, though all others have left it. */
const LAG_MAX = 3n
