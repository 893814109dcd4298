/** What an owner is. Each has accounts of its own in the ledger. */
export type OwnerKind = 'user' | 'merchant' | 'payment'
