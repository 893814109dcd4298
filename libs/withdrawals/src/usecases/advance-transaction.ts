import { AppError } from '@coffer/errors/app-error'
import { txHash } from '@coffer/evm/hash'
import type { ChainId } from '@coffer/money/chain-id'
import { crashPoint } from '@coffer/runtime/crash-point'
import { capsOfPayouts, type FeeCaps, type Fees, raisedFees } from '../domain/fees.ts'
import type { Attempt, AttemptKind, Outgoing } from '../domain/outgoing.ts'
import type {
  ChainClient,
  ChainState,
  PayoutMetrics,
  Payouts,
  Signer,
  SignRequest,
  WithdrawalRooms,
} from '../ports.ts'
import { broadcast, keepEnded } from './end-payouts.ts'
import { endTransaction } from './end-transaction.ts'

export type AdvanceOptions = {
  rooms: WithdrawalRooms
  payouts: Pick<Payouts, 'open'>
  clientOf: (chain: ChainId) => ChainClient
  signer: Signer
  /** Most that is ever offered on a chain. */
  feesOf: (chain: ChainId) => FeeCaps
  /** How long a transaction waits for a block before it offers more, milliseconds. */
  raiseAfterMs: number
  /** How long until it is looked at again, milliseconds. */
  lookMs: number
  metrics: PayoutMetrics
  now: () => Date
}

/** Gas of a transaction that only takes its nonce. */
const NOOP_GAS = 21_000n

/**
 * Brings a transaction of ours one step further: it is signed and stored, given to the chain, given
 * again as it is, offered more for, or ended once what took its nonce is final. It may be called at
 * any time, by many at once, and after any crash.
 */
export function advanceTransaction(options: AdvanceOptions) {
  const { payouts, clientOf, rooms, now, lookMs } = options
  return async (id: string): Promise<void> => {
    const open = await payouts.open(id)
    if (open === undefined) return
    const client = clientOf(open.chain)
    if (open.attempts.length === 0) return await signFirst(open, client, options)
    const state = await client.state()
    const mined = await client.mined(open.attempts.map(({ hash }) => hash))
    const look = (minedIn: bigint | undefined) =>
      rooms((room) =>
        room.outgoing.postpone(id, { dueAt: new Date(now().getTime() + lookMs), minedIn }),
      )
    if (mined !== undefined) {
      if (mined.blockNumber <= state.final && (await endMined(open, client, options))) return
      return await look(mined.blockNumber)
    }
    if (await endDisplaced(open, { client, state, options })) return
    await sendAgain(open, { client, state, options })
    await look(undefined)
  }
}

async function signFirst(open: Outgoing, client: ChainClient, options: AdvanceOptions) {
  const { maxFeePerGas, maxPriorityFeePerGas } = open
  const fees = { maxFeePerGas, maxPriorityFeePerGas }
  const attempt = await signNext(open, { fees, options })
  if (attempt) await send(open, attempt, { client, options })
}

/**
 * Signs while nobody else does and stores what was signed; `undefined` if somebody else
 * has, or the signer would not. What it refuses is signed as one that only takes the nonce.
 */
async function signNext(
  { id, attempts }: Pick<Outgoing, 'id' | 'attempts'>,
  { fees, options }: { fees: Fees; options: AdvanceOptions },
): Promise<Attempt | undefined> {
  const { rooms, signer, now } = options
  const signed = await rooms(async (room) => {
    const open = await room.outgoing.claimOpen(id)
    if (open === undefined || open.attempts.length !== attempts.length) return undefined
    let kind: AttemptKind = open.refusal === undefined ? 'pay' : 'noop'
    let bytes: { raw: `0x${string}`; hash: `0x${string}` }
    try {
      bytes = await signer.sign(signRequest(open, fees, kind))
    } catch (error) {
      const isRefused = error instanceof AppError && error.retry === 'never' && kind === 'pay'
      // Once one that pays was signed it may be mined, whatever is said later.
      if (!isRefused || open.attempts.length > 0) throw error
      await room.outgoing.refuse(id, 'refused_by_signer')
      kind = 'noop'
      bytes = await signer.sign(signRequest(open, fees, kind))
    }
    const { raw, hash } = bytes
    const number = open.attempts.length
    const attempt: Attempt = {
      ...{ number, kind, ...fees, raw, hash: txHash(hash), signedAt: now() },
      takenAt: undefined,
    }
    await room.outgoing.addAttempt(id, attempt)
    return attempt
  })
  if (signed) crashPoint('withdrawals.after-sign')
  return signed
}

function signRequest(open: Outgoing, fees: Fees, kind: AttemptKind): SignRequest {
  const { chain, sender, purpose, nonce, to, value, data, gas, payments } = open
  if (kind === 'noop') {
    const transaction = { to: sender, value: 0n, data: '0x', gas: NOOP_GAS } as const
    return {
      chain,
      from: sender,
      purpose: 'cancel',
      transaction: { nonce, ...transaction, ...fees },
    }
  }
  const transaction = { nonce, to, value, data, gas, ...fees }
  return { chain, from: sender, purpose, transaction, payouts: payments }
}

type Reached = { client: ChainClient; options: AdvanceOptions }

/**
 * Gives stored bytes to a node, and tells of it the first time that one takes them. Answers what
 * the node says.
 */
async function send(open: Outgoing, attempt: Attempt, { client, options }: Reached) {
  const said = await client.broadcast(attempt.raw)
  crashPoint('withdrawals.after-broadcast')
  if (said.outcome !== 'taken') options.metrics.notTaken(open.chain, said)
  else if (attempt.takenAt === undefined) await tellTaken(open, attempt, options)
  return said.outcome
}

async function tellTaken(open: Outgoing, attempt: Attempt, options: AdvanceOptions) {
  const at = options.now()
  await options.rooms(async (room) => {
    if ((await room.outgoing.lockOpen(open.id)) === undefined) return
    await room.outgoing.markTaken(open.id, { number: attempt.number, at })
    if (attempt.kind === 'noop') return
    const waiting = (await room.lockPaidBy(open.id)).filter(({ status }) => status === 'paying')
    await keepEnded(
      room,
      waiting.map((each) => broadcast(each, attempt.hash, at)),
    )
  })
}

/** The newest as it is, and one that offers more if that has waited for too long. */
async function sendAgain(
  open: Outgoing,
  { client, state, options }: Reached & { state: ChainState },
): Promise<void> {
  const reached = { client, options }
  const [newest, ...earlier] = open.attempts.toReversed()
  if (newest === undefined) return
  // Where coin is what is missing, one that offers more would want still more of it, and cost that
  // once there is enough. An earlier one wants less.
  const said = await send(open, newest, reached)
  if (said === 'funds') {
    for (const attempt of earlier) {
      if ((await send(open, attempt, reached)) !== 'funds') return
    }
    return
  }
  // What is taken for the first time begins to wait, however long ago it was signed.
  if (said === 'taken' && newest.takenAt === undefined) return
  const waitedMs = options.now().getTime() - (newest.takenAt ?? newest.signedAt).getTime()
  if (waitedMs < options.raiseAfterMs) return
  // Only the first of those that wait is ever held up by its price.
  if ((await client.nonce(open.sender, 'latest')) !== open.nonce) return
  const fees = raisedFees(newest, state, capsOf(open, options))
  const raised = fees && (await signNext(open, { fees, options }).catch(notSigned))
  if (raised === undefined) return
  options.metrics.raised(open.chain)
  await send(open, raised, reached)
}

/** A payout is never raised to more than it may cost. */
function capsOf({ chain, purpose, gas, payments }: Outgoing, { feesOf }: AdvanceOptions): FeeCaps {
  const payouts = purpose === 'payout' ? payments.length : 0
  return capsOfPayouts(feesOf(chain), { gas, payouts })
}

/** Without a signer what was signed before is still there to be sent. */
function notSigned(error: unknown): undefined {
  if (!(error instanceof AppError)) throw error
}

/** Ends what a final block has, if as many nodes say so as must. */
async function endMined(
  open: Outgoing,
  client: ChainClient,
  options: AdvanceOptions,
): Promise<boolean> {
  const mined = await client.minedForGood(open.attempts.map(({ hash }) => hash))
  if (mined === undefined) return false
  await endTransaction(options, open.id, mined)
  return true
}

/**
 * Ends one whose nonce another transaction took for good, which is proven by showing that one: who
 * only misses a receipt would pay twice.
 */
async function endDisplaced(
  open: Outgoing,
  { client, state, options }: Reached & { state: ChainState },
): Promise<boolean> {
  if ((await client.nonce(open.sender, state.final)) <= open.nonce) return false
  const occupant = await client.occupant(open.sender, open.nonce, state.final)
  if (occupant === undefined) return false
  const { hash, to, value, data } = occupant
  if (open.attempts.some((each) => each.hash === hash)) return false
  // It was signed by us and forgotten, as by a database that was set back: it pays the same.
  const isSame = to === open.to && value === open.value && data === open.data
  const mined = isSame ? await client.minedForGood([hash]) : undefined
  if (isSame && mined === undefined) return false
  await endTransaction(options, open.id, mined)
  return true
}
