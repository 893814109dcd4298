import type { Message } from '@coffer/events/event'
import type { Address } from '@coffer/evm/address'
import type { TxHash } from '@coffer/evm/hash'
import type { PostingOutcome } from '@coffer/ledger/ports'
import type { TransactionDraft } from '@coffer/ledger/transaction'
import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { Fees, GasPrice } from './domain/fees.ts'
import type {
  Attempt,
  NewTransaction,
  Outgoing,
  Payment,
  Purpose,
  TransactionStatus,
} from './domain/outgoing.ts'
import type { Payee, Refusal } from './domain/policy.ts'
import type { Withdrawal } from './domain/withdrawal.ts'

/** What was answered to a request before; `withdrawalId` or `refusal`. */
export type Answered = {
  payloadHash: `0x${string}`
  withdrawalId: string | undefined
  refusal: Refusal | undefined
}

export type RequestKey = { owner: string; key: string }

export type OwnerKind = 'user' | 'merchant' | 'payment'

/** What can be done to withdrawals in one transaction of their database. */
export type WithdrawalRoom = {
  /** Those of `eventIds` that `consumer` has not handled so far. */
  claim(consumer: string, eventIds: readonly string[]): Promise<ReadonlySet<string>>
  /**
   * Takes a key for what is asked now; answers what was asked under it before, if anything was.
   * While another transaction takes the same key this waits for its end.
   */
  claimKey(
    request: RequestKey & { payloadHash: `0x${string}`; at: Date },
  ): Promise<Answered | undefined>
  /** Keeps for ever what was answered under a key. */
  answer(request: RequestKey, answer: Pick<Answered, 'withdrawalId' | 'refusal'>): Promise<void>
  ownerKind(owner: string): Promise<OwnerKind | undefined>
  /** Whether deposits to the address are credited to somebody. */
  isWatched(chain: ChainId, address: Address): Promise<boolean>
  payee(owner: string, chain: ChainId, address: Address): Promise<Payee | undefined>
  /**
   * What an owner withdrew of an asset since `since`, with what is under way. Nobody else is told
   * of the same owner and asset until this transaction ends.
   */
  lockSpent(of: { owner: string; asset: AssetId; since: Date }): Promise<bigint>
  /** Answers `false` and changes nothing when there is one of this id. */
  insert(withdrawal: Withdrawal): Promise<boolean>
  /** Locks a withdrawal until the transaction ends. */
  lock(id: string): Promise<Withdrawal | undefined>
  /** Locks those that wait for a transaction; without those that somebody else has locked. */
  lockQueued(ids: readonly string[]): Promise<Withdrawal[]>
  /** Locks those that were given to a transaction, in the order of their ids. */
  lockPaidBy(transactionId: string): Promise<Withdrawal[]>
  save(withdrawals: readonly Withdrawal[]): Promise<void>
  /** Books in the ledger, once a transaction. See `postTransactions`. */
  post(drafts: readonly TransactionDraft[]): Promise<readonly PostingOutcome[]>
  announce(messages: readonly Message[]): Promise<void>
  outgoing: OutgoingRoom
}

/** What can be done to our own transactions in one transaction of the database. */
export type OutgoingRoom = {
  /**
   * The next nonce of a sender, whom nobody else can use until this transaction ends; the first
   * time it is `first`.
   */
  lockSender(sender: { chain: ChainId; address: Address; first: number }): Promise<number>
  /** Whether a transaction that has not ended changes what may be taken of a token. */
  isApproving(of: { chain: ChainId; sender: Address; token: Address }): Promise<boolean>
  /** Stores what will be sent, each with a nonce of its own, from `nonce` on. */
  insert(transactions: readonly NewTransaction[], from: { nonce: number; at: Date }): Promise<void>
  /** Locks a transaction of ours; `undefined` if there is none, or it has ended. */
  lockOpen(id: string): Promise<Outgoing | undefined>
  /**
   * Reads a transaction of ours that nobody else claims until this transaction ends; `undefined` if
   * somebody does, or it has ended. It holds up nobody who writes.
   */
  claimOpen(id: string): Promise<Outgoing | undefined>
  addAttempt(id: string, attempt: Attempt): Promise<void>
  /** A node has taken the attempt. */
  markTaken(id: string, attempt: { number: number; at: Date }): Promise<void>
  /** From now on it pays nothing. */
  refuse(id: string, reason: string): Promise<void>
  /** Says when it is looked at next, and where it was seen. */
  postpone(id: string, look: { dueAt: Date; minedIn: bigint | undefined }): Promise<void>
  end(id: string, how: Ending): Promise<void>
}

export type Ending = {
  status: Exclude<TransactionStatus, 'open'>
  minedIn: bigint | undefined
  minedHash: TxHash | undefined
  gasCost: bigint
  at: Date
}

/**
 * Does `work` in one transaction: all of it is kept or nothing. Adapter:
 * `adapters/postgres-withdrawal-rooms.ts`.
 */
export type WithdrawalRooms = <Result>(
  work: (room: WithdrawalRoom) => Promise<Result>,
) => Promise<Result>

/** What is under way, as it is stored now. Adapter: `adapters/postgres-payouts.ts`. */
export type Payouts = {
  /** Those that wait for a transaction on a chain, the one that waits longest first. */
  queued(chain: ChainId, limit: number): Promise<Withdrawal[]>
  /** What a sender has under way. */
  underWay(chain: ChainId, sender: Address): Promise<UnderWay>
  lastApproval(of: {
    chain: ChainId
    sender: Address
    token: Address
  }): Promise<LastApproval | undefined>
  open(id: string): Promise<Outgoing | undefined>
  /** Transactions that are to be looked at until then, the one that is due longest first. */
  due(until: Date, limit: number): Promise<{ id: string; dueAt: Date }[]>
}

export type UnderWay = {
  /** The nonce that comes next; `undefined` of a sender that never sent. */
  nextNonce: number | undefined
  count: number
  /** The most that transactions take of the coin that no block has so far, their gas included. */
  value: bigint
  /** What payouts take of each token, of transactions that no block has so far. */
  tokens: ReadonlyMap<string, bigint>
  /** What batches among them take of each token, and so of its allowance. */
  batched: ReadonlyMap<string, bigint>
  /** Tokens whose allowance is changed by a transaction that no block has so far. */
  approving: ReadonlySet<string>
}

/** The newest approval of a token, which a block has or which has ended. */
export type LastApproval = {
  amount: bigint
  createdAt: Date
  /** Whether a batch was sent since. */
  isUsed: boolean
}

/** What becomes of a call if it is made now. */
export type Estimate = { gas: bigint } | { reverts: string }

export type Call = {
  from: Address
  to: Address
  value: bigint
  data: `0x${string}`
  /** Most that it may take. */
  gas: bigint
}

/** A transaction of ours in a block of the chain. */
export type Mined = {
  hash: TxHash
  blockNumber: bigint
  /** As its block says. */
  minedAt: Date
  succeeded: boolean
  /** What it cost, in the chain's coin. */
  gasCost: bigint
  logs: readonly TransferLog[]
}

/** What a token says it moved. */
export type TransferLog = { token: string; from: Address; to: Address; amount: bigint }

export type ChainState = GasPrice & {
  head: bigint
  /** The highest block that stays. */
  final: bigint
}

/** What a node says to bytes that it is given. */
export type Taken = { outcome: 'taken' } | NotTaken

/** `funds`: the sender has less than they may cost. The reason is in the node's own words. */
export type NotTaken = {
  outcome: 'nonce_used' | 'underpriced' | 'funds' | 'refused'
  reason: string
}

/** Whatever took a nonce. */
export type Occupant = { hash: TxHash; to: string; value: bigint; data: string }

/** A chain as who pays on it sees it. Adapter: `adapters/json-rpc-chain-client.ts`. */
export type ChainClient = {
  state(): Promise<ChainState>
  /** How many transactions of an account are in blocks up to `block`: its next nonce. */
  nonce(account: Address, block: bigint | 'latest'): Promise<number>
  balance(account: Address): Promise<bigint>
  tokenBalance(token: Address, account: Address): Promise<bigint>
  allowance(token: Address, of: { owner: Address; spender: Address }): Promise<bigint>
  estimate(call: Call): Promise<Estimate>
  broadcast(raw: `0x${string}`): Promise<Taken>
  /** The one of these transactions that a block has which is on the chain now. */
  mined(hashes: readonly TxHash[]): Promise<Mined | undefined>
  /** The same by the word of as many hosts as the chain's policy asks for. */
  minedForGood(hashes: readonly TxHash[]): Promise<Mined | undefined>
  /** The transaction that has a nonce, among blocks up to `until`. */
  occupant(account: Address, nonce: number, until: bigint): Promise<Occupant | undefined>
}

/** What is to be signed, with all that whoever signs holds it against. */
export type SignRequest = {
  chain: ChainId
  from: Address
  purpose: Purpose | 'cancel'
  transaction: Fees & {
    nonce: number
    to: Address
    value: bigint
    data: `0x${string}`
    gas: bigint
  }
  payouts?: readonly Payment[]
}

/**
 * Signs, or throws: what may not be retried is a refusal. Adapters: `testing/local-signer.ts`, and
 * the signer's process.
 */
export type Signer = {
  sign(request: SignRequest): Promise<{ raw: `0x${string}`; hash: `0x${string}` }>
  addresses(): Promise<Address[]>
}

/** Why payouts wait, as an operator is told. */
export type Waiting = 'nothing' | 'gas_price' | 'funds' | 'allowance' | 'in_flight' | 'nonce'

/** What is counted of payouts. Adapter: `adapters/payout-metrics.ts`. */
export type PayoutMetrics = {
  waiting(chain: ChainId, reason: Waiting): void
  balance(chain: ChainId, units: bigint): void
  ended(chain: ChainId, status: Ending['status']): void
  raised(chain: ChainId): void
  notTaken(chain: ChainId, said: NotTaken): void
}

/** A payee and where it is. */
export type ListedPayee = Payee & { owner: string; chain: ChainId }

/** Whom owners named as their payees. Adapter: `adapters/postgres-payees.ts`. */
export type Payees = {
  /** Adds a payee; one that is there already stays as it is, and is answered. */
  add(owner: string, chain: ChainId, payee: Payee): Promise<ListedPayee>
  /** Those of an owner, as they were added. */
  list(owner: string): Promise<ListedPayee[]>
}

export type WithdrawalQuery = {
  /** Of owners of this tenant. */
  tenant?: string | undefined
  owner: string | undefined
  status: Withdrawal['status'] | undefined
  /** Only those that were asked for before this one. */
  before: Pick<Withdrawal, 'requestedAt' | 'id'> | undefined
  limit: number
}

/** Withdrawals as they are stored now. Adapter: `adapters/postgres-withdrawals.ts`. */
export type WithdrawalReader = {
  find(id: string): Promise<Withdrawal | undefined>
  /** The newest first. */
  list(query: WithdrawalQuery): Promise<Withdrawal[]>
  kindOf(owner: string): Promise<OwnerKind | undefined>
}
