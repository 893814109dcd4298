import { type Address, AddressError, parseAddress } from '@coffer/evm/address'
import { requireChain } from '@coffer/evm/require-chain'
import type { ChainId } from '@coffer/money/chain-id'
import { lookalikes, type Policy } from '../domain/policy.ts'
import type { ListedPayee, OwnerKind, Payees, WithdrawalReader } from '../ports.ts'
import { OwnerUnknownError, WithdrawalRefusedError } from './request-withdrawal.ts'

export type AddPayeeOptions = {
  payees: Payees
  withdrawals: Pick<WithdrawalReader, 'kindOf' | 'list'>
  policy: Policy
  chains: readonly ChainId[]
  now: () => Date
}

export type NewPayee = {
  owner: string
  kind: OwnerKind
  chain: ChainId
  address: Address
  label: string | undefined
}

/** How many of an owner's latest withdrawals a new payee is held against. */
const HISTORY = 200

/**
 * Names somebody whom an owner may withdraw to once it has cooled off. Answers which addresses
 * known of the owner could be mistaken for it. Throws {@link OwnerUnknownError}.
 */
export const addPayee =
  ({ payees, withdrawals, policy, chains, now }: AddPayeeOptions) =>
  async (added: NewPayee): Promise<{ payee: ListedPayee; lookalikes: readonly Address[] }> => {
    const { owner, kind, address, label } = added
    if ((await withdrawals.kindOf(owner)) !== kind) throw new OwnerUnknownError(owner, kind)
    const chain = requireChain(added.chain, chains)
    const query = { owner, status: undefined, before: undefined, limit: HISTORY }
    const [listed, made] = await Promise.all([payees.list(owner), withdrawals.list(query)])
    const known = new Set([...listed.map((each) => each.address), ...made.map(({ to }) => to)])
    const at = now()
    const usableFrom = new Date(at.getTime() + policy.coolingOffMs)
    const payee = await payees.add(owner, chain, { address, label, addedAt: at, usableFrom })
    return { payee, lookalikes: lookalikes(address, [...known]) }
  }

/** Reads where to pay. What is no address is refused as any other wrong destination is. */
export function parseDestination(text: string): Address {
  try {
    return parseAddress(text)
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
    throw new WithdrawalRefusedError({ code: 'WITHDRAWAL_DESTINATION', detail: error.message })
  }
}
