import type { Address } from '@coffer/evm/address'
import { type Payee, tokenOf } from './encode-payments.ts'

type Log = { token: string; from: Address; to: Address; amount: bigint }

/**
 * Which of `payees` a transaction that succeeded has paid. Coin went with it. Of a token nothing
 * but its log tells, for some answer what they like: each log pays one, the one of the same amount
 * first; and one that shows another amount pays too, since it has left us.
 */
export function paidByLogs(
  payees: readonly Payee[],
  { sender, logs }: { sender: Address; logs: readonly Log[] },
): boolean[] {
  const left = logs.filter(({ from, amount }) => from === sender && amount > 0n)
  const take = (of: Payee, isExact: boolean): boolean => {
    const place = left.findIndex(({ token, to, amount }) => {
      const isTheirs = token === tokenOf(of.asset) && to === of.to
      return isTheirs && (!isExact || amount === of.amount)
    })
    if (place >= 0) left.splice(place, 1)
    return place >= 0
  }
  const isCoin = ({ asset }: Payee) => tokenOf(asset) === undefined
  const exact = payees.map((payee) => isCoin(payee) || take(payee, true))
  return payees.map((payee, place) => exact[place] || take(payee, false))
}
