import { killerAbi } from '@coffer/contracts/killer'
import { logEmitterAbi } from '@coffer/contracts/log-emitter'
import { nonFungibleAbi } from '@coffer/contracts/non-fungible'
import { splitterAbi } from '@coffer/contracts/splitter'
import { testTokenAbi } from '@coffer/contracts/test-token'
import { valueFactoryAbi } from '@coffer/contracts/value-factory'
import { type Asset, erc20AssetId } from '@coffer/money/asset'
import { type Address, encodeFunctionData, type Hex, keccak256, pad, toHex } from 'viem'
import { createdWallet } from './created-wallet.ts'
import { HOSTILE_CONTRACTS as AT, FEE_RATE, SYSTEM_ADDRESS } from './deploy-hostile-contracts.ts'
import type { PlannedTransaction, PlannedTransfer } from './deposit-plan.ts'
import { type Call, nativeCall, tokenCall, tokenOf } from './encode-transaction.ts'
import type { SeededRandom } from './seeded-random.ts'

/** What {@link drawHostile} draws from. */
export type HostileDraw = {
  random: SeededRandom
  /** An amount of an asset with so many decimals. */
  drawAmount: (decimals: number) => bigint
  drawStranger: () => Address
  watched: readonly Address[]
  native: Asset
  tokens: readonly Asset[]
  /** Assets with a minimum deposit of more than one unit, and the minimum. */
  minimums: readonly { asset: Asset; minimum: bigint }[]
  /** At most so many transfers. */
  sizeMax: number
}

type Drawn = Omit<PlannedTransaction, 'kind' | 'purpose'> & {
  call: Call
  /** Default: `deposit`. */
  purpose?: 'failure'
}
type Payment = Omit<PlannedTransfer, 'position'>

const TRANSFER = keccak256(toHex('Transfer(address,address,uint256)'))
const GAS = 1_500_000n

/** How the kinds of {@link HOSTILE_KINDS} are made: the transfers, and the call that makes them. */
const DRAWS = {
  /** Coin from a contract, perhaps through calls of itself. */
  internal(draw) {
    const depth = draw.random.below(3)
    const transfers = payments(draw).map((payment, index): PlannedTransfer => {
      return { ...payment, position: `trace:${'0.'.repeat(depth)}${index}` }
    })
    const args = [...columns(transfers), BigInt(depth)] as const
    const data = encodeFunctionData({ abi: splitterAbi, functionName: 'splitNested', args })
    return { transfers, call: call(AT.splitter, data, sum(transfers)) }
  },
  /** Coin from a contract that takes at least one of the payments back, and succeeds. */
  'internal-reverted'(draw) {
    const reverts = payments(draw).map((payment, index) => {
      return { payment, reverts: index === 0 || draw.random.below(2) === 0 }
    })
    const transfers = reverts.map(({ payment, reverts }, index): PlannedTransfer => {
      const expected = reverts ? 'ignore' : 'credit'
      return { ...payment, position: `trace:${index}.0`, expected }
    })
    const args = [...columns(transfers), reverts.map((each) => each.reverts)] as const
    const data = encodeFunctionData({ abi: splitterAbi, functionName: 'splitCatching', args })
    return { transfers, call: call(AT.splitter, data, sum(transfers)) }
  },
  /** Coin from a contract, in a transaction that is taken back as a whole: mined as failed. */
  'internal-failed'(draw) {
    const transfers = payments(draw).map((payment): PlannedTransfer => {
      return { ...payment, position: null, expected: 'ignore' }
    })
    const args = columns(transfers)
    const data = encodeFunctionData({ abi: splitterAbi, functionName: 'splitThenRevert', args })
    return { purpose: 'failure', transfers, call: call(AT.splitter, data, sum(transfers)) }
  },
  /** Coin from a contract that is destroyed, perhaps by the transaction that created it. */
  selfdestruct(draw) {
    const payment = coin(draw)
    const args = [payment.to] as const
    const created = (functionName: 'createAndKill' | 'createStillborn') =>
      encodeFunctionData({ abi: valueFactoryAbi, functionName, args })
    const killed = encodeFunctionData({ abi: killerAbi, functionName: 'kill', args })
    const [contract, position, data] = draw.random.pick([
      [AT.killer, 'trace:0', killed],
      [AT.valueFactory, 'trace:1.0', created('createAndKill')],
      [AT.valueFactory, 'trace:0.0', created('createStillborn')],
    ] as const)
    return { transfers: [{ ...payment, position }], call: call(contract, data, payment.amount) }
  },
  /** Coin to a contract in its creation, at an address that is known beforehand. */
  create(draw) {
    const salt = toHex(draw.random.bigintBelow(2n ** 256n), { size: 32 })
    const payment = { ...coin(draw), to: createdWallet(salt), position: 'trace:0' }
    const data = encodeFunctionData({
      ...{ abi: valueFactoryAbi, functionName: 'create2', args: [salt] },
    })
    return { transfers: [payment], call: call(AT.valueFactory, data, payment.amount) }
  },
  /** An accepted token that keeps a part. What arrives is credited, whatever the log says. */
  'fee-token'(draw) {
    const token = draw.random.pick([AT.feeToken, AT.grossFeeToken])
    const sent = draw.drawAmount(18)
    const amount = sent - (sent * FEE_RATE) / 10_000n
    const transfer = { ...tokenPayment(draw, token, amount), expected: 'credit' } as const
    return {
      transfers: [transfer],
      call: tokenCall(token, transfer.to, sent),
      spends: { token, amount: sent },
    }
  },
  /** A token with the name of an accepted one that moves nothing: to a reader of logs, unlisted. */
  spoof(draw) {
    const transfer = tokenPayment(draw, AT.spoof, draw.drawAmount(6))
    return { transfers: [transfer], call: tokenCall(AT.spoof, transfer.to, transfer.amount) }
  },
  /** A token that nobody lists. */
  unlisted(draw) {
    const amount = draw.drawAmount(24)
    const transfer = tokenPayment(draw, AT.unlisted, amount)
    return {
      transfers: [transfer],
      call: tokenCall(AT.unlisted, transfer.to, amount),
      spends: { token: AT.unlisted, amount },
    }
  },
  /** Nothing: of coin, of a token, or out of a watched address to a stranger. */
  zero(draw) {
    const to = draw.random.pick(draw.watched)
    const transfer = { to, amount: 0n, expected: 'ignore' } as const
    if (draw.tokens.length === 0 || draw.random.below(3) === 0) {
      const payment = { ...transfer, asset: draw.native.id, position: 'value' }
      return { transfers: [payment], call: nativeCall(to, 0n) }
    }
    const { id } = draw.random.pick(draw.tokens)
    const payment = { ...transfer, asset: id, position: 'log:0' }
    if (draw.random.below(2) === 0) {
      return { transfers: [payment], call: tokenCall(tokenOf(id), to, 0n) }
    }
    const stranger = draw.drawStranger()
    const args = [to, stranger, 0n] as const
    const data = encodeFunctionData({ abi: testTokenAbi, functionName: 'transferFrom', args })
    return { transfers: [{ ...payment, to: stranger }], call: call(tokenOf(id), data) }
  },
  /** Less than the minimum. */
  dust(draw) {
    const { asset, minimum } = draw.random.pick(draw.minimums)
    const amount = 1n + draw.random.bigintBelow(minimum - 1n)
    const transfer = { to: draw.random.pick(draw.watched), asset: asset.id, amount } as const
    const isCoin = asset.contract === null
    const position = isCoin ? 'value' : 'log:0'
    return {
      transfers: [{ ...transfer, position, expected: 'suspense' }],
      call: isCoin
        ? nativeCall(transfer.to, amount)
        : tokenCall(tokenOf(asset.id), transfer.to, amount),
      ...(isCoin ? {} : { spends: { token: tokenOf(asset.id), amount } }),
    }
  },
  /** A token that refuses by returning false: the transaction succeeds, and there is no log. */
  'returns-false'(draw) {
    const payment = tokenPayment(draw, AT.returnsFalse, draw.drawAmount(18))
    const transfer: PlannedTransfer = { ...payment, position: null, expected: 'ignore' }
    return { transfers: [transfer], call: tokenCall(AT.returnsFalse, payment.to, payment.amount) }
  },
  /** A token that is no amount. The amount planned is its id. */
  nft(draw) {
    const payment = tokenPayment(draw, AT.nft, draw.random.bigintBelow(2n ** 256n))
    const args = [payment.to, payment.amount] as const
    const data = encodeFunctionData({ abi: nonFungibleAbi, functionName: 'mint', args })
    return { transfers: [{ ...payment, expected: 'ignore' }], call: call(AT.nft, data) }
  },
  /** A log of EIP-7708, by which coin says that it moved: not a second payment. */
  'system-log'(draw) {
    const payment = tokenPayment(draw, SYSTEM_ADDRESS, draw.drawAmount(18))
    const topics = [TRANSFER, pad(draw.drawStranger()), pad(payment.to)]
    const args = [topics, toHex(payment.amount, { size: 32 })] as const
    const data = encodeFunctionData({ abi: logEmitterAbi, functionName: 'emitLog', args })
    return { transfers: [{ ...payment, expected: 'ignore' }], call: call(SYSTEM_ADDRESS, data) }
  },
} as const satisfies Record<string, (draw: HostileDraw) => Drawn>

/** Deposits of every other kind, and what only looks like one. */
export type HostileKind = keyof typeof DRAWS

export const HOSTILE_KINDS = Object.keys(DRAWS) as HostileKind[]

export const isHostileKind = (kind: string): kind is HostileKind => Object.hasOwn(DRAWS, kind)

/** A transaction of this kind. The hostile contracts must be on the chain when it is sent. */
export function drawHostile(kind: HostileKind, draw: HostileDraw): PlannedTransaction {
  return { kind, purpose: 'deposit', ...DRAWS[kind](draw) }
}

function coin({ random, drawAmount, watched, native }: HostileDraw): Payment {
  const amount = drawAmount(native.decimals)
  return { to: random.pick(watched), asset: native.id, amount, expected: 'credit' }
}

function payments(draw: HostileDraw): Payment[] {
  const size = 1 + draw.random.below(Math.min(3, draw.sizeMax))
  return Array.from({ length: size }, () => coin(draw))
}

function tokenPayment({ random, watched, native }: HostileDraw, token: Address, amount: bigint) {
  const asset = erc20AssetId(native.chain, token)
  const to = random.pick(watched)
  return { to, asset, amount, position: 'log:0', expected: 'suspense' } as const
}

function columns(transfers: readonly PlannedTransfer[]): [Address[], bigint[]] {
  return [transfers.map(({ to }) => to), transfers.map(({ amount }) => amount)]
}

const call = (to: Address, data: Hex, value = 0n): Call => ({ to, value, data, gas: GAS })

const sum = (transfers: readonly PlannedTransfer[]): bigint =>
  transfers.reduce((total, { amount }) => total + amount, 0n)
