import type { FakeBlock } from '@coffer/deposits/testing/fake-chain'
import { NATIVE } from '@coffer/deposits/testing/fake-transfers'

/** What each transaction of a fake chain uses. */
const GAS = 21_000n

/** What somebody who is no contract sent of an asset in these blocks, fees too. */
export function outflow(
  { asset, holder }: { asset: string; holder: string },
  blocks: readonly FakeBlock[],
): bigint {
  const transactions = blocks.flatMap((block) => [...block.transactions])
  if (asset === NATIVE) {
    return transactions
      .filter(({ from }) => from === holder)
      .reduce((sum, { to, created, value, succeeded, tip }) => {
        const isMoved = succeeded && (to ?? created) !== holder
        return sum + tip * GAS + (isMoved ? value : 0n)
      }, 0n)
  }
  const word = `0x${holder.slice(2).padStart(64, '0')}`
  return transactions
    .filter(({ succeeded }) => succeeded)
    .flatMap(({ logs }) => [...logs])
    .filter(({ address, topics }) => asset.endsWith(address) && topics.length === 3)
    .filter(({ topics: [, from, to] }) => from === word && to !== word)
    .reduce((sum, { data }) => sum + BigInt(data), 0n)
}
