import { AppError } from '@coffer/errors/app-error'
import type { Asset, AssetId } from '@coffer/money/asset'
import { UNITS_MAX } from '@coffer/money/units'
import type { Address } from 'viem'
import { type SeededRandom, seededRandom } from './seeded-random.ts'

/** How a deposit is paid: coin, a token, or tokens to several recipients in one transaction. */
export type DepositKind = 'native' | 'erc20' | 'batch'

export type PlannedTransfer = { to: Address; asset: AssetId; amount: bigint }

export type PlannedTransaction = {
  kind: DepositKind
  /**
   * A `deposit` pays watched addresses. `noise` pays strangers, or nothing to a watched address. A
   * `failure` tries to pay watched addresses and is mined as failed.
   */
  purpose: 'deposit' | 'noise' | 'failure'
  /** In the order in which the transaction makes them. */
  transfers: readonly PlannedTransfer[]
}

export type DepositPlanOptions = {
  /** Who is paid, in any letter case. */
  addresses: readonly string[]
  /** How many deposits: transfers to `addresses`. A batch makes several in one transaction. */
  count: number
  kinds: readonly DepositKind[]
  seed: number
  assets: readonly Asset[]
  /** Transactions of no consequence for each deposit, for example 0.5. Default 0. */
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

function drawing({ seed, kinds, assets, addresses }: DepositPlanOptions) {
  const random = seededRandom(seed)
  const natives = assets.filter(({ contract }) => contract === null)
  const tokens = assets.filter(({ contract }) => contract !== null)
  for (const kind of kinds) {
    if ((kind === 'native' ? natives : tokens).length > 0) continue
    throw new DepositPlanError(`kind ${JSON.stringify(kind)} has no asset that it could pay`)
  }

  const transfersOf = (kind: DepositKind, size: number, to: readonly Address[]) => {
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
      })
    }
    return transfers
  }
  const drawSize = (kind: DepositKind, sizeMax: number) =>
    kind === 'batch' ? Math.min(sizeMax, 2 + random.below(BATCH_SIZE_MAX - 1)) : 1

  const watched = addresses as readonly Address[]
  const deposit = (sizeMax: number): PlannedTransaction => {
    const kind = random.pick(kinds)
    const transfers = transfersOf(kind, drawSize(kind, sizeMax), watched)
    return { kind, purpose: 'deposit', transfers }
  }
  const noise = (): PlannedTransaction => {
    const kind = random.pick(kinds)
    const empty = random.below(4) === 0
    const strangers = Array.from({ length: BATCH_SIZE_MAX }, () => strangerAddress(random))
    const to = empty ? watched : strangers
    const transfers = transfersOf(kind, drawSize(kind, BATCH_SIZE_MAX), to).map((transfer) => {
      return empty ? { ...transfer, amount: 0n } : transfer
    })
    return { kind, purpose: 'noise', transfers }
  }
  /** The last of a failing transaction's token transfers is more than anyone has. */
  const failure = (): PlannedTransaction => {
    const { kind, transfers } = deposit(BATCH_SIZE_MAX)
    const last = transfers.length - 1
    return {
      kind,
      purpose: 'failure',
      transfers: transfers.map((transfer, index) => {
        return kind !== 'native' && index === last ? { ...transfer, amount: UNITS_MAX } : transfer
      }),
    }
  }
  return { random, deposit, noise, failure }
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
        'asset for each kind, and numbers that are not negative.',
      { retry: 'never', details: { problem } },
    )
  }
}
