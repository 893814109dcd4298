/** What an account has counted so far. */
export type AccountState = {
  debitsPosted: bigint
  creditsPosted: bigint
  debitsPending: bigint
  creditsPending: bigint
  /** How many entries it has. */
  version: number
  /** Whether it takes no more entries. */
  isClosed: boolean
}

/** An account that was just opened. */
export const NEW_ACCOUNT: AccountState = {
  debitsPosted: 0n,
  creditsPosted: 0n,
  debitsPending: 0n,
  creditsPending: 0n,
  version: 0,
  isClosed: false,
}

/** What may be taken out of an account that grows by credits. */
export const availableIn = ({ creditsPosted, debitsPosted, debitsPending }: AccountState): bigint =>
  creditsPosted - debitsPosted - debitsPending

/** Whether nothing is on the account, and nothing is about to be. */
export const isEmpty = (state: AccountState): boolean =>
  state.creditsPosted === state.debitsPosted &&
  state.debitsPending === 0n &&
  state.creditsPending === 0n

/** The account with one more entry. */
export function afterEntry(state: AccountState, amount: bigint): AccountState {
  const { debitsPosted, creditsPosted, debitsPending, creditsPending, version, isClosed } = state
  return {
    debitsPosted: amount > 0n ? debitsPosted + amount : debitsPosted,
    creditsPosted: amount < 0n ? creditsPosted - amount : creditsPosted,
    debitsPending,
    creditsPending,
    version: version + 1,
    isClosed,
  }
}

/** The account with `amount` held, a debit where it is positive. */
export const afterHold = (state: AccountState, amount: bigint): AccountState => ({
  ...state,
  debitsPending: amount > 0n ? state.debitsPending + amount : state.debitsPending,
  creditsPending: amount < 0n ? state.creditsPending - amount : state.creditsPending,
})

/** The account without what {@link afterHold} added. */
export const afterRelease = (state: AccountState, amount: bigint): AccountState => ({
  ...state,
  debitsPending: amount > 0n ? state.debitsPending - amount : state.debitsPending,
  creditsPending: amount < 0n ? state.creditsPending + amount : state.creditsPending,
})
