import { type FakeCall, fakeAddress, fakeTransaction } from '@coffer/deposits/testing/fake-chain'
import { arrives, FEE_TOKEN, PROXY_TOKEN } from '@coffer/deposits/testing/fake-tokens'
import {
  CHAIN,
  NATIVE,
  payInside,
  payNative,
  payTokens,
  TOKEN,
  TRANSFER,
  TUSD,
  transferLog,
  word,
} from '@coffer/deposits/testing/fake-transfers'
import type { Address } from '@coffer/evm/address'
import { erc20AssetId } from '@coffer/money/asset'
import {
  FEE_ASSET,
  HOT_WALLET,
  LATE_ASSET,
  LATE_TOKEN,
  MINIMUM,
  PROXY_ASSET,
} from './accepted-assets.ts'
import { amountOf, type Draft, type Kind, type Pay } from './draft.ts'
import { hostileKinds } from './hostile-kinds.ts'

const STRANGER = fakeAddress(0xbad)
const CONTRACT = fakeAddress(0xc0)
const UNLISTED = fakeAddress(0x70d)

const dust = (amount: bigint) => (amount < MINIMUM ? 'below_minimum' : null)

export const tokenPaid = ([to, amount]: [Address, bigint], index: number): Pay => ({
  position: `log:${index}`,
  ...{ to, asset: TUSD, amount, reason: dust(amount) },
})

const tokens = (...paid: [Address, bigint][]): Draft => ({
  transaction: payTokens(...paid),
  pays: paid.map(tokenPaid),
})

/** One transfer of one token, by one log. */
function oneLog(
  { from = fakeAddress(0xfee), to, amount }: { from?: Address; to: Address; amount: bigint },
  contract: Address = TOKEN,
) {
  const topics = [TRANSFER, word(from), word(to)]
  return transferLog(to, amount, { address: contract, topics })
}

const callTo = (to: Address, amount: bigint): FakeCall => ({
  type: 'CALL',
  from: CONTRACT,
  to,
  value: `0x${amount.toString(16)}`,
})

const payOnce: Kind = (random, receivers) => {
  const [to, amount] = [random.pick(receivers), amountOf(random)]
  const pays = [{ position: 'value', to, asset: NATIVE, amount }]
  return { transaction: payNative(to, amount), pays }
}

const payTokenOnce: Kind = (random, to) => tokens([random.pick(to), amountOf(random)])

const payDust: Kind = (random, receivers) => {
  const [to, amount] = [random.pick(receivers), 1n + random.bigintBelow(MINIMUM - 1n)]
  if (random.below(2) === 0) return tokens([to, amount])
  const pay = { position: 'value', to, asset: NATIVE, amount, reason: dust(amount) }
  return { transaction: payNative(to, amount), pays: [pay] }
}

/** A contract creation that endows what it creates, in a call or by itself. */
const payByCreation: Kind = (random, receivers) => {
  const [to, amount] = [random.pick(receivers), amountOf(random)]
  const value = `0x${amount.toString(16)}`
  if (random.below(2) === 0) {
    const pays = [{ position: 'value', to, asset: NATIVE, amount }]
    return { transaction: fakeTransaction({ to: null, created: to, value: amount }), pays }
  }
  const type = random.pick(['CREATE', 'CREATE2'])
  const calls = [{ type, from: CONTRACT, to, value }]
  const pays = [{ position: 'trace:0', to, asset: NATIVE, amount }]
  return { transaction: fakeTransaction({ to: CONTRACT, calls }), pays }
}

/** A contract that ends, and pays the same as before once more, now and then. */
const payBySelfdestruct: Kind = (random, receivers) => {
  const [to, amount] = [random.pick(receivers), amountOf(random)]
  const ending = fakeAddress(0xdead)
  const value = `0x${amount.toString(16)}`
  const end: FakeCall = { type: 'SELFDESTRUCT', from: ending, to, value }
  const isTwice = random.below(3) === 0
  const before: FakeCall[] = isTwice ? [{ ...end, type: 'CALL' }] : []
  const outer: FakeCall = { type: 'CALL', from: CONTRACT, to: ending, calls: [...before, end] }
  const pays = [...before, end].map(
    (_, index): Pay => ({
      ...{ position: `trace:0.${index}`, from: ending, to, asset: NATIVE, amount },
      isDoubtful: index === 1,
    }),
  )
  return { transaction: fakeTransaction({ to: CONTRACT, calls: [outer] }), pays }
}

/** Of a token that keeps a part: what arrives counts. */
const payWithFee: Kind = (random, receivers) => {
  const to = random.pick(receivers)
  const sent = Array.from({ length: 1 + random.below(3) }, () => 100n * amountOf(random))
  return {
    transaction: fakeTransaction({
      to: FEE_TOKEN,
      logs: sent.map((amount) => oneLog({ to, amount }, FEE_TOKEN)),
    }),
    pays: sent.map((amount, index) => {
      const arrived = arrives(FEE_TOKEN, amount)
      return { position: `log:${index}`, to, asset: FEE_ASSET, amount: arrived }
    }),
  }
}

const payToken =
  (contract: Address, asset: string): Kind =>
  (random, receivers) => {
    const [to, amount] = [random.pick(receivers), amountOf(random)]
    const pay = { position: 'log:0', to, asset, amount }
    const logs = [oneLog({ to, amount }, contract)]
    return { transaction: fakeTransaction({ to: contract, logs }), pays: [pay] }
  }

/** By an owner's address to another one's, to itself, or by a wallet of ours. */
const payAmongUs: Kind = (random, receivers) => {
  const to = random.pick(receivers)
  const from = random.pick([HOT_WALLET, to, ...receivers])
  const amount = amountOf(random)
  const isOurs = from === HOT_WALLET || from === to
  const rest = { from, to, amount, reason: isOurs ? 'internal' : null }
  if (random.below(2) === 0) {
    const logs = [oneLog({ from, to, amount })]
    const pays = [{ position: 'log:0', asset: TUSD, ...rest }]
    return { transaction: fakeTransaction({ from, to: TOKEN, logs }), pays }
  }
  // Coin that an account sends to itself does not move at all.
  const pays = from === to ? [] : [{ position: 'value', asset: NATIVE, ...rest }]
  return { transaction: { ...payNative(to, amount), from }, pays }
}

/** Deposits that we move on to a wallet of ours, of a token that keeps a part of it too. */
const sweep: Kind = (random, receivers) => {
  const [from, amount] = [random.pick(receivers), amountOf(random)]
  const contract = random.pick([TOKEN, FEE_TOKEN])
  const logs = [oneLog({ from, to: HOT_WALLET, amount: amount * 100n }, contract)]
  const transaction = fakeTransaction({ from, to: contract, logs })
  return {
    transaction: random.below(2) === 0 ? transaction : { ...payNative(HOT_WALLET, amount), from },
    pays: [],
  }
}

/** Of a token that nobody lists; more of it than is worth recording, before one that is. */
const payUnlisted: Kind = (random, receivers) => {
  const [to, amount] = [random.pick(receivers), amountOf(random)]
  const asset = erc20AssetId(CHAIN, UNLISTED)
  const count = random.pick([1, 1, 1, 40])
  const unlisted = Array.from({ length: count }, () => oneLog({ to, amount }, UNLISTED))
  const recorded = unlisted.slice(0, 32).map((_, index): Pay => {
    return { position: `log:${index}`, to, asset, amount, reason: 'asset_not_accepted' }
  })
  const listed: Pay = { position: `log:${count}`, to, asset: TUSD, amount }
  const logs = [...unlisted, oneLog({ to, amount })]
  return { transaction: fakeTransaction({ to: UNLISTED, logs }), pays: [...recorded, listed] }
}

const changeCode: Kind = (random) => ({
  transaction: fakeTransaction({
    to: PROXY_TOKEN,
    upgradesTo: random.pick([fakeAddress(0xc0de1), fakeAddress(0xc0de1), fakeAddress(0xc0de2)]),
  }),
  pays: [],
})

/** Those that deposit something come first, and several times, as they are likelier. */
export const PAYMENT_KINDS: readonly Kind[] = [
  ...Array.from({ length: 4 }, () => payOnce),
  ...Array.from({ length: 4 }, () => payTokenOnce),
  ...[payDust, payByCreation, payBySelfdestruct, payWithFee, payWithFee, payAmongUs, payAmongUs],
  ...[sweep, payUnlisted, changeCode],
  payToken(LATE_TOKEN, LATE_ASSET),
  ...Array.from({ length: 3 }, () => payToken(PROXY_TOKEN, PROXY_ASSET)),
  // Several in one transaction, to one or to more.
  (random, to) =>
    tokens(
      ...Array.from({ length: 2 + random.below(3) }, (): [Address, bigint] => [
        random.pick(to),
        amountOf(random),
      ]),
    ),
  // Both ways at once, behind a log that is no deposit.
  (random, receivers) => {
    const [to, amount] = [random.pick(receivers), amountOf(random)]
    const logs = [transferLog(STRANGER, 1n), transferLog(to, amount)]
    return {
      transaction: { ...payNative(to, amount), logs },
      pays: [
        { position: 'log:1', to, asset: TUSD, amount },
        { position: 'value', to, asset: NATIVE, amount },
      ],
    }
  },
  // By a contract, once; what the node tells of it a second time never happened.
  (random, receivers) => {
    const [to, amount] = [random.pick(receivers), amountOf(random)]
    const pays = [{ position: 'trace:1', to, asset: NATIVE, amount }]
    return { transaction: payInside(to, amount), pays }
  },
  // By a contract that pays two, below a call that pays nothing itself.
  (random, receivers) => {
    const pays = [0, 1].map((index) => ({
      position: `trace:0.${index}`,
      to: random.pick(receivers),
      asset: NATIVE,
      amount: amountOf(random),
    }))
    const calls = pays.map(({ to, amount }) => callTo(to, amount))
    const outer: FakeCall = { type: 'DELEGATECALL', from: CONTRACT, to: STRANGER, calls }
    return { transaction: fakeTransaction({ to: CONTRACT, calls: [outer] }), pays }
  },
  ...hostileKinds,
]
