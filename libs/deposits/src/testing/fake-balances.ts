import type { FakeBlock, FakeCall } from './fake-chain.ts'

/** What everybody has before the first block: enough for whatever is paid. */
const STOCK = 10n ** 30n

/** What an account has after the last of `blocks`. */
export function fakeBalance(blocks: readonly FakeBlock[], account: string): bigint {
  const transactions = blocks.flatMap((block) => block.transactions)
  return transactions
    .filter(({ succeeded }) => succeeded)
    .reduce((balance, { from, to, created, value, calls }) => {
      return balance + moved(account, { from, to: to ?? created, value }) + sum(account, calls)
    }, STOCK)
}

const sum = (account: string, calls: readonly FakeCall[]): bigint =>
  calls.reduce((total, call) => {
    const { type, from, to = null, value = '0x0', error, isPhantom, calls: inner = [] } = call
    if (error !== undefined) return total
    const pays = !isPhantom && /^(CALL|CREATE2?|SELFDESTRUCT)$/.test(type)
    const own = pays ? moved(account, { from, to, value: BigInt(value) }) : 0n
    return total + own + sum(account, inner)
  }, 0n)

function moved(
  account: string,
  { from, to, value }: { from: string; to: string | null; value: bigint },
): bigint {
  return (to === account ? value : 0n) - (from === account ? value : 0n)
}
