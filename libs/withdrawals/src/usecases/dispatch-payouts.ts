import type { Address } from '@coffer/evm/address'
import type { AssetId } from '@coffer/money/asset'
import type { ChainId } from '@coffer/money/chain-id'
import type { StepResult } from '@coffer/runtime/poll'
import { payOne, tokenOf } from '../domain/encode-payments.ts'
import { capsOfPayouts, type FeeCaps, type Fees, feesFor, type GasPrice } from '../domain/fees.ts'
import type { NewTransaction } from '../domain/outgoing.ts'
import { moveWithdrawal, type Withdrawal } from '../domain/withdrawal.ts'
import type {
  ChainClient,
  PayoutMetrics,
  Payouts,
  UnderWay,
  Waiting,
  WithdrawalRooms,
} from '../ports.ts'
import { allowBatches } from './allow-batches.ts'
import { fail, isAsApproved, keepEnded } from './end-payouts.ts'
import { type Plan, type PlanBatchesOptions, planBatches } from './plan-batches.ts'

export type PayoutSettings = {
  chain: ChainId
  /** The hot wallet. */
  sender: Address
  /** Pays many in one transaction; left out, each withdrawal has one of its own. */
  batchPayer?: Address | undefined
  batchMax: number
  fees: FeeCaps
  /** What the batch payer is allowed of an asset at once; left out, what is to be paid. */
  allowances?: ReadonlyMap<AssetId, bigint> | undefined
  /** Most gas that paying one may take. */
  gasMax: bigint
  /** Most transactions of the sender that are under way at once. */
  inFlightMax: number
}

export type DispatchPayoutsOptions = {
  rooms: WithdrawalRooms
  payouts: Payouts
  client: ChainClient
  settings: PayoutSettings
  metrics: PayoutMetrics
  /** Told of transactions that are to be signed. */
  onIntended: (ids: readonly string[]) => void
  newId: () => string
  now: () => Date
}

type Round = DispatchPayoutsOptions & {
  price: GasPrice
  fees: Fees
  first: number
  funds: Funds
}
type Outcome = 'intended' | 'funds' | 'gas_price' | 'in_flight' | 'gone'

/**
 * Gives those withdrawals that wait a transaction with a nonce of its own each, or of many. While
 * gas is too expensive, or there is too little in the hot wallet, they wait, and it is told why.
 */
export const dispatchPayouts =
  (options: DispatchPayoutsOptions) => async (): Promise<StepResult> => {
    const { payouts, client, settings, metrics } = options
    const { chain, sender } = settings
    const queued = await payouts.queued(chain, settings.batchMax * 4)
    const wait = (reason: Waiting): StepResult => {
      metrics.waiting(chain, reason)
      return 'idle'
    }
    if (queued.length === 0) return wait('nothing')
    const [state, underWay, balance, nonce] = await Promise.all([
      client.state(),
      payouts.underWay(chain, sender),
      client.balance(sender),
      client.nonce(sender, 'latest'),
    ])
    metrics.balance(chain, balance)
    // Somebody else sends from it, or the database is older than the chain and may have paid these.
    if (underWay.nextNonce !== undefined && nonce > underWay.nextNonce) return wait('nonce')
    const fees = feesFor(state, settings.fees)
    if (fees === undefined) return wait('gas_price')
    const funds = fundsOf(client, { sender, balance, underWay })
    const round = { ...options, price: state, fees, first: nonce, funds }
    let reason: Waiting = 'nothing'
    let intended = 0
    const { plans, waits } = await planBatches(queued, {
      ...{ client, underWay, ...settings },
      allow: allowing(round),
    })
    if (waits) reason = 'allowance'
    for (const plan of plans) {
      const outcome =
        underWay.count + intended < settings.inFlightMax ? await carryOut(plan, round) : 'in_flight'
      if (outcome === 'intended') intended += 1
      else if (outcome !== 'gone') reason = outcome
    }
    metrics.waiting(chain, reason)
    return reason === 'nothing' ? 'busy' : 'idle'
  }

/** Approves within what is free of the coin. */
const allowing = (round: Round): PlanBatchesOptions['allow'] => {
  const { settings, funds } = round
  const { batchPayer } = settings
  if (batchPayer === undefined) return async () => 'helpless'
  const takeGas = (cost: bigint) => funds.take([], { value: 0n, gas: cost })
  return allowBatches({ ...round, batchPayer, takeGas })
}

/** What is free to be spent; what it is asked for it takes if it is there. */
type Funds = {
  take(payees: readonly Withdrawal[], costs: { value: bigint; gas: bigint }): Promise<boolean>
  /** Of what was taken for gas. */
  giveBack(gas: bigint): void
}

function fundsOf(
  client: ChainClient,
  { sender, balance, underWay }: { sender: Address; balance: bigint; underWay: UnderWay },
): Funds {
  let coin = balance - underWay.value
  const tokens = new Map<Address, bigint>()
  return {
    async take(payees, { value, gas }) {
      const wanted = new Map<Address, bigint>()
      for (const { asset, amount } of payees) {
        const token = tokenOf(asset)
        if (token) wanted.set(token, (wanted.get(token) ?? 0n) + amount)
      }
      for (const token of wanted.keys()) {
        if (tokens.has(token)) continue
        const held = await client.tokenBalance(token, sender)
        tokens.set(token, held - (underWay.tokens.get(token) ?? 0n))
      }
      const isThere = (token: Address, amount: bigint) => (tokens.get(token) ?? 0n) >= amount
      if (coin < value + gas) return false
      if (!wanted.entries().every(([token, amount]) => isThere(token, amount))) return false
      coin -= value + gas
      for (const [token, amount] of wanted) tokens.set(token, (tokens.get(token) ?? 0n) - amount)
      return true
    },
    giveBack(gas) {
      coin += gas
    },
  }
}

async function carryOut(plan: Plan, round: Round): Promise<Outcome> {
  const { client, settings, fees, funds } = round
  const { withdrawals, call } = plan
  const most = settings.gasMax * BigInt(withdrawals.length)
  // Before anything else: a call that lacks funds fails too, and says nothing of its recipient.
  const gasCost = (gas: bigint) => gas * fees.maxFeePerGas
  if (!(await funds.take(withdrawals, { value: call.value, gas: gasCost(most) }))) {
    return withdrawals.length === 1 ? 'funds' : await eachAlone(plan, round)
  }
  const estimate = await client.estimate({ from: settings.sender, gas: most, ...call })
  if ('reverts' in estimate) return await setAside(plan, round, estimate.reverts)
  // Some room, for what others do until it is mined.
  const roomy = estimate.gas + estimate.gas / 4n
  const gas = roomy < most ? roomy : most
  const caps = capsOfPayouts(settings.fees, { gas, payouts: withdrawals.length })
  const allowed = feesFor(round.price, caps)
  if (allowed === undefined) {
    funds.giveBack(gasCost(most))
    return 'gas_price'
  }
  return await intend(plan, gas, { ...round, fees: allowed })
}

async function eachAlone({ withdrawals }: Plan, round: Round): Promise<Outcome> {
  let last: Outcome = 'gone'
  for (const withdrawal of withdrawals) {
    const outcome = await carryOut({ withdrawals: [withdrawal], call: payOne(withdrawal) }, round)
    if (last !== 'funds') last = outcome
  }
  return last
}

/** One that fails by itself has failed; of many, whoever is to blame goes by itself. */
async function setAside({ withdrawals }: Plan, round: Round, reason: string): Promise<Outcome> {
  const { rooms, now } = round
  const isBatch = withdrawals.length > 1
  const blamed = isBatch ? await blamedOf(withdrawals, round) : withdrawals
  await rooms(async (room) => {
    const locked = await room.lockQueued(blamed.map(({ id }) => id))
    if (isBatch) return await room.save(locked.map((each) => ({ ...each, isAlone: true })))
    const failure = { reason, at: now() }
    await keepEnded(
      room,
      locked.map((each) => fail(each, failure)),
    )
  })
  return 'gone'
}

/** Those that fail by themselves too; all, if none does. */
async function blamedOf(withdrawals: readonly Withdrawal[], { client, settings }: Round) {
  const { sender: from, gasMax: gas } = settings
  const estimates = await Promise.all(
    withdrawals.map((each) => client.estimate({ from, gas, ...payOne(each) })),
  )
  const failing = withdrawals.filter((_, place) => 'reverts' in (estimates[place] ?? {}))
  return failing.length > 0 ? failing : withdrawals
}

/** Binds withdrawals to a nonce, and both to each other, in one transaction of the database. */
async function intend(
  { withdrawals, call }: Plan,
  gas: bigint,
  { rooms, settings, fees, first, newId, now, onIntended }: Round,
): Promise<Outcome> {
  const { chain, sender } = settings
  const transaction: NewTransaction = {
    ...{ id: newId(), chain, sender, purpose: 'payout', gas, ...call, ...fees },
    payments: withdrawals.map(({ id, asset, to, amount }) => {
      return { id, asset, to, amount: amount.toString() }
    }),
  }
  const isIntended = await rooms(async (room) => {
    const nonce = await room.outgoing.lockSender({ chain, address: sender, first })
    const locked = await room.lockQueued(withdrawals.map(({ id }) => id))
    const at = now()
    const forged = locked.filter((each) => !isAsApproved(each))
    if (forged.length > 0) {
      const failure = { reason: 'not_as_approved', at }
      await keepEnded(
        room,
        forged.map((each) => fail(each, failure)),
      )
      return false
    }
    // Somebody called one of them off, or another process was faster: it is planned anew.
    if (locked.length < withdrawals.length) return false
    await room.outgoing.insert([transaction], { nonce, at })
    await room.save(
      locked.map((each) => moveWithdrawal(each, 'paying', { transactionId: transaction.id })),
    )
    return true
  })
  if (isIntended) onIntended([transaction.id])
  return isIntended ? 'intended' : 'gone'
}
