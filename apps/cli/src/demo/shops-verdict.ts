import { displayAmount } from '@coffer/money/display'
import type { OpenDifference } from './open-reconciliation.ts'

/** What became of a merchant's sales, in the smallest unit of its asset. */
export type ShopVerdict = {
  name: string
  symbol: string
  decimals: number
  orders: number
  paid: bigint
  fees: bigint
  /** What the payer got back, as the chain says where it is on one. */
  refunded: bigint
  /** What arrived at the merchant's address, as the chain says. */
  withdrawn: bigint
  /** What the ledger still owes the merchant. */
  left: bigint
  /** Whether nothing of it was lost on the way. */
  agrees: boolean
}

export type ShopsVerdict = {
  agree: boolean
  shops: readonly ShopVerdict[]
  /** What the books and the world outside do not agree on. */
  differences: readonly OpenDifference[]
}

const HEAD = ['merchant', 'orders', 'paid', 'fees', 'refunded', 'withdrawn', 'left']

/** The verdict as a table for people. */
export function shopsTable({ agree, shops, differences }: ShopsVerdict): string {
  const rows = shops.map((shop) => {
    const shown = (amount: bigint) => displayAmount(amount, shop.decimals)
    const amounts = [shop.paid, shop.fees, shop.refunded, shop.withdrawn, shop.left].map(shown)
    return [`${shop.name} (${shop.symbol})`, `${shop.orders}`, ...amounts]
  })
  const all = [HEAD, ...rows]
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ''))))
  const line = (row: readonly string[]) =>
    row.map((cell, column) => padded(cell, widths[column] ?? 0, column === 0)).join('  ')
  const found = differences.map(({ kind, place, subject }) => `${kind} at ${place}: ${subject}`)
  const words = agree ? 'Nothing was lost between order and withdrawal.' : 'THIS DOES NOT ADD UP.'
  return [...all.map((row) => `  ${line(row)}`), '', ...found, `  ${words}`].join('\n')
}

const padded = (cell: string, to: number, isText: boolean): string => {
  const space = ' '.repeat(Math.max(0, to - width(cell)))
  return isText ? cell + space : space + cell
}

/** How many columns of a terminal a text takes: Chinese characters take two each. */
const width = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (/\p{Script=Han}/u.test(letter) ? 2 : 1), 0)
