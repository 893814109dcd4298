import { AppError } from '@coffer/errors/app-error'
import type { Asset, AssetId } from '@coffer/money/asset'
import { UNITS_MAX } from '@coffer/money/units'
import type { Address } from 'viem'
import type { Call } from './encode-transaction.ts'
import {
  drawHostile,
  type HostileDraw,
  type HostileKind,
  isHostileKind,
} from './hostile-transaction.ts'
import { type SeededRandom, seededRandom } from './seeded-random.ts'

/** How a deposit is paid: coin, a token, or tokens to several recipients in one transaction. */
type HonestKind = 'native' | 'erc20' | 'batch'

export type DepositKind = HonestKind | HostileKind

/**
 * What a right scanner does with a transfer: credit it, hold it in suspense because it isn't
 * accepted, or ignore it because nothing of value moved to a watched address.
 */
export type Expectation = 'credit' | 'suspense' | 'ignore'

export type PlannedTransfer = {
  to: Address
  asset: AssetId
  /** What arrives, of fee tokens too. */
  amount: bigint
  /** As in a deposit's identity; `null` when nothing on the chain even looks like the transfer. */
  position: string | null
  expected: Expectation
}

export type PlannedTransaction = {
  kind: DepositKind
  /**
   * A `deposit` pays watched addresses, or seems to. `noise` pays strangers, or nothing to a
   * watched address. A `failure` tries to pay watched addresses and is mined as failed.
   */
  purpose: 'deposit' | 'noise' | 'failure'
  /** In the order in which the transaction makes them. */
  transfers: readonly PlannedTransfer[]
  /** What the transaction calls, where its kind alone doesn't say. */
  call?: Call
  /** Tokens that its sender must have, besides those that `transfers` pay in an honest kind. */
  spends?: { token: Address; amount: bigint }
}

export type DepositPlanOptions = {
  /**
   * Who is paid, in any letter case. Only the kind `create` pays others: wallets that aren't
   * there yet, once on each chain for a seed. To watch them take their addresses from the plan.
   */
  addresses: readonly string[]
  /** How many deposits, or what seems one. A batch makes several in one transaction. */
  count: number
  kinds: readonly DepositKind[]
  seed: number
  assets: readonly Asset[]
  /** The least amount that is credited of an asset. Default: one unit. */
  minimums?: Readonly<Record<AssetId, bigint>>
  /**
   * Transactions of no consequence for each deposit, for example 0.5, of the kinds `native`,
   * `erc20` and `batch`. Default 0.
   */
  noise?: number
  /** How many transactions fail. Default 0. */
  failures?: number
}

const BATCH_SIZE_MAX = 8

/**
 * Which transactions to send, in order. The same options give the same plan. Amounts go from one
 * unit to a million whole coins. Throws {@link DepositPlanError}.
 */
export function planDeposits(options: DepositPlanOptions): PlannedTransaction[] {
  const { count, noise = 0, failures = 0 } = options
  const addresses = options.addresses.map(checkedAddress)
  if (addresses.length === 0) throw new DepositPlanError('no address to pay')
  if (options.kinds.length === 0) throw new DepositPlanError('no kind of deposit')
  for (const [name, number] of Object.entries({ count, noise, failures })) {
    if (!(number >= 0)) throw new DepositPlanError(`${name} is ${number}`)
  }
  requirePayable(options)
  const draw = drawing({ ...options, addresses })

  const transactions: PlannedTransaction[] = []
  for (let left = count; left > 0; ) {
    const transaction = draw.deposit(left)
    transactions.push(transaction)
    left -= transaction.transfers.length
  }
  for (let made = 0; made < Math.round(count * noise); made++) transactions.push(draw.noise())
  for (let made = 0; made < failures; made++) transactions.push(draw.failure())
  return draw.random.shuffle(transactions)
}

function drawing(options: DepositPlanOptions) {
  const { seed, kinds, minimums = {} } = options
  const random = seededRandom(seed)
  const watched = options.addresses as readonly Address[]
  const hostile = hostileDraw(random, options)
  const transfersOf = honestTransfers(random, options)
  const honest = kinds.filter((kind): kind is HonestKind => !isHostileKind(kind))

  const deposit = (sizeMax: number, among = kinds): PlannedTransaction => {
    const kind = random.pick(among)
    const { transfers, ...rest } = isHostileKind(kind)
      ? drawHostile(kind, { ...hostile, sizeMax })
      : { kind, purpose: 'deposit' as const, transfers: transfersOf(kind, sizeMax, watched) }
    const judged = transfers.map((transfer): PlannedTransfer => {
      const isDust = transfer.amount < (minimums[transfer.asset] ?? 1n)
      return transfer.expected === 'credit' && isDust
        ? { ...transfer, expected: 'suspense' }
        : transfer
    })
    return { ...rest, transfers: judged }
  }
  const noise = (): PlannedTransaction => {
    const kind = random.pick(honest)
    const empty = random.below(4) === 0
    const strangers = Array.from({ length: BATCH_SIZE_MAX }, () => strangerAddress(random))
    const to = empty ? watched : strangers
    const transfers = transfersOf(kind, BATCH_SIZE_MAX, to).map((transfer): PlannedTransfer => {
      return { ...transfer, expected: 'ignore', ...(empty ? { amount: 0n } : {}) }
    })
    return { kind, purpose: 'noise', transfers }
  }
  /** The last of a failing transaction's token transfers is more than anyone has. */
  const failure = (): PlannedTransaction => {
    const { kind, transfers } = deposit(BATCH_SIZE_MAX, honest)
    const last = transfers.length - 1
    return {
      kind,
      purpose: 'failure',
      transfers: transfers.map((transfer, index): PlannedTransfer => {
        const amount = kind !== 'native' && index === last ? UNITS_MAX : transfer.amount
        return { ...transfer, amount, position: null, expected: 'ignore' }
      }),
    }
  }
  return { random, deposit, noise, failure }
}

const split = (assets: readonly Asset[]) => {
  const natives = assets.filter(({ contract }) => contract === null)
  const tokens = assets.filter(({ contract }) => contract !== null)
  return { natives, tokens }
}

function honestTransfers(random: SeededRandom, { assets }: DepositPlanOptions) {
  const { natives, tokens } = split(assets)
  return (kind: HonestKind, sizeMax: number, to: readonly Address[]) => {
    const size = kind === 'batch' ? Math.min(sizeMax, 2 + random.below(BATCH_SIZE_MAX - 1)) : 1
    const choice = kind === 'native' ? natives : tokens
    // Half of the batches pay one token, the others what comes.
    const only = random.below(2) === 0 ? [random.pick(choice)] : choice
    const transfers: PlannedTransfer[] = []
    for (let made = 0; made < size; made++) {
      const before = transfers.at(-1)
      const again = before !== undefined && random.below(4) === 0
      const asset = random.pick(only)
      transfers.push({
        to: again ? before.to : random.pick(to),
        asset: asset.id,
        amount: drawAmount(random, asset.decimals),
        position: kind === 'native' ? 'value' : `log:${made}`,
        expected: 'credit',
      })
    }
    return transfers
  }
}

/** Of plans that have hostile kinds {@link requirePayable} has found the native asset. */
function hostileDraw(
  random: SeededRandom,
  { addresses, assets, minimums = {} }: DepositPlanOptions,
): Omit<HostileDraw, 'sizeMax'> {
  const { natives, tokens } = split(assets)
  return {
    random,
    drawAmount: (decimals) => drawAmount(random, decimals),
    drawStranger: () => strangerAddress(random),
    watched: addresses as readonly Address[],
    native: natives[0] as Asset,
    tokens,
    minimums: withMinimum(assets, minimums),
  }
}

const withMinimum = (assets: readonly Asset[], minimums: Readonly<Record<AssetId, bigint>>) =>
  assets.flatMap((asset) => {
    const minimum = minimums[asset.id] ?? 1n
    return minimum > 1n ? [{ asset, minimum }] : []
  })

function requirePayable({ kinds, assets, minimums = {}, noise, failures }: DepositPlanOptions) {
  const { natives, tokens } = split(assets)
  for (const kind of kinds) {
    const choice = kind === 'erc20' || kind === 'batch' ? tokens : natives
    const dust = kind !== 'dust' || withMinimum(assets, minimums).length > 0
    if (choice.length > 0 && dust) continue
    throw new DepositPlanError(`kind ${JSON.stringify(kind)} has no asset that it could pay`)
  }
  if (kinds.every(isHostileKind) && (noise || failures)) {
    throw new DepositPlanError('noise and failures have no kind to be of')
  }
}

/** One unit now and then, else every order of magnitude as often, up to a million whole coins. */
function drawAmount(random: SeededRandom, decimals: number): bigint {
  if (random.below(16) === 0) return 1n
  const least = 10n ** BigInt(random.below(decimals + 6))
  return least + random.bigintBelow(9n * least)
}

/** An address that nobody watches. */
export const strangerAddress = (random: SeededRandom): Address =>
  `0x${random
    .bigintBelow(2n ** 160n)
    .toString(16)
    .padStart(40, '0')}`

function checkedAddress(text: string): Address {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) {
    throw new DepositPlanError(`${JSON.stringify(text)} is not an address`)
  }
  return text.toLowerCase() as Address
}

export class DepositPlanError extends AppError {
  readonly code = 'SIMULATOR_PLAN'

  constructor(problem: string) {
    super(
      `Can't plan these deposits: ${problem}. Expected at least one address and one kind, an ` +
        'asset for each kind (of `dust` one with a minimum), a kind of `native`, `erc20` and ' +
        '`batch` for noise and failures, and numbers that are not negative.',
      { retry: 'never', details: { problem } },
    )
  }
}
