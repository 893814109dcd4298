import type { ToldDeposit } from '@coffer/client/deposit-stream'
import type { Journal } from './journal.ts'

/**
 * Writes down what becomes of every deposit. News and the place after it are one line, so whoever
 * is killed goes on where the journal ends; and what is told again changes nothing.
 */
export async function followDeposits(
  { books, write }: Journal,
  told: AsyncIterable<ToldDeposit>,
): Promise<void> {
  for await (const { place, deposit } of told) {
    const { id, owner, asset, amount, status } = deposit
    // Another block on top is no news for the books.
    if (books.deposits.get(id)?.status === status) continue
    write({ line: 'deposit', place, id, owner, asset, amount, status })
    console.log(`${status} ${amount} ${asset} of ${owner}`)
  }
}
