import type { FakeBlock, FakeCall } from './fake-chain.ts'
import { FAKE_GAS } from './fake-header.ts'

/** What everybody has before the first block: enough for whatever is paid. */
const STOCK = 10n ** 30n

/** What an account has after the last of `blocks`. */
export function fakeBalance(blocks: readonly FakeBlock[], account: string): bigint {
  const transactions = blocks.flatMap((block) => block.transactions)
  const besides = blocks.reduce((sum, block) => sum + paidByBlock(block, account), STOCK)
  return transactions
    .filter(({ succeeded }) => succeeded)
    .reduce((balance, { from, to, created, value, calls }) => {
      return balance + moved(account, { from, to: to ?? created, value }) + sum(account, calls)
    }, besides)
}

/** Withdrawals, what the producer earns, and what senders pay for that, whatever comes of it. */
function paidByBlock({ transactions, producer, withdrawals }: FakeBlock, account: string): bigint {
  const withdrawn = withdrawals.filter(({ to }) => to === account)
  const fees = transactions.map(({ from, tip }) =>
    moved(account, { from, to: producer, value: tip * BigInt(FAKE_GAS) }),
  )
  return [...withdrawn.map(({ amount }) => amount), ...fees].reduce((sum, each) => sum + each, 0n)
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
