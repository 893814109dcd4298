import type { Counts } from './judge-request.ts'
import type { SigningPolicy } from './policy.ts'
import type { SignedEntry, SigningRequest } from './ports.ts'
import { digest, requestDigests } from './request-wire.ts'
import { SigningRefusedError } from './signing-refused.ts'

/** All that was signed under one nonce. At most one of them is ever mined. */
type Slot = { entries: SignedEntry[]; lastAt: number; counts: Map<string, bigint> }

type Limits = Pick<SigningPolicy, 'windowHours' | 'signaturesPerMinuteMax' | 'payoutAttemptsMax'>

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/**
 * What was signed before, as far as rules look back. Of all that shares a nonce the largest counts
 * against a window, for only one of them can happen.
 */
export type SigningHistory = {
  /** The answer that this request got before. */
  answered(request: SigningRequest): SignedEntry | undefined
  /** Throws {@link SigningRefusedError} for what contradicts or exceeds what was signed. */
  judge(request: SigningRequest, counts: Counts, now: number): void
  add(entry: SignedEntry): void
}

export function signingHistory(limits: Limits, entries: readonly SignedEntry[]): SigningHistory {
  const slots = new Map<string, Slot>()
  const payouts = new Map<string, { content: string; slots: Set<string> }>()
  const window = countWindow(limits.windowHours * HOUR_MS)
  let lately: number[] = []

  const add = (entry: SignedEntry) => {
    const key = slotKey(entry)
    const slot: Slot = slots.get(key) ?? { entries: [], lastAt: 0, counts: new Map() }
    slots.set(key, slot)
    slot.entries.push(entry)
    window.add(slot, entry)
    lately.push(entry.at)
    for (const { id, content } of entry.payouts) {
      const known = payouts.get(id) ?? { content, slots: new Set<string>() }
      payouts.set(id, known)
      known.slots.add(key)
    }
  }
  for (const entry of entries) add(entry)

  const judgePayouts = (request: SigningRequest) => {
    for (const { id, content } of payoutContents(request)) {
      const known = payouts.get(id)
      if (!known) continue
      if (known.content !== content) {
        throw new SigningRefusedError('payout-changed', `${id} was another payout when signed.`)
      }
      const attempts = new Set([...known.slots, slotKey(slotOf(request))]).size
      if (attempts > limits.payoutAttemptsMax) {
        const most = limits.payoutAttemptsMax
        throw new SigningRefusedError('payout-attempts', `${id} was signed for ${most} nonces.`)
      }
    }
  }

  return {
    answered(request) {
      const { request: asked } = requestDigests(request)
      return slots.get(slotKey(slotOf(request)))?.entries.find((each) => each.request === asked)
    },
    judge(request, counts, now) {
      const slot = slots.get(slotKey(slotOf(request)))
      judgeNonce(request, slot)
      judgePayouts(request)
      lately = lately.filter((at) => at > now - MINUTE_MS)
      if (lately.length >= limits.signaturesPerMinuteMax) {
        throw new SigningRefusedError('rate', `${lately.length} signatures in the last minute.`)
      }
      window.judge(slot, counts, now)
    },
    add,
  }
}

/** A nonce that was used is used again for the same at a higher fee, or for nothing at all. */
function judgeNonce(request: SigningRequest, slot: Slot | undefined): void {
  const [first] = slot?.entries ?? []
  if (!slot || !first || request.purpose === 'cancel') return
  const { nonce, maxFeePerGas, maxPriorityFeePerGas } = request.transaction
  if (requestDigests(request).content !== first.content) {
    throw new SigningRefusedError('nonce', `${nonce} was signed for something else.`)
  }
  const isBelow = slot.entries.some(
    (each) =>
      maxFeePerGas < BigInt(each.maxFeePerGas) ||
      maxPriorityFeePerGas < BigInt(each.maxPriorityFeePerGas),
  )
  if (isBelow) throw new SigningRefusedError('nonce', `${nonce} was signed at a higher fee.`)
}

/** Adds up what the slots of a window count, without looking at all of them each time. */
function countWindow(windowMs: number) {
  const totals = new Map<string, bigint>()
  let live: { slot: Slot; at: number }[] = []
  const change = (key: string, by: bigint) => totals.set(key, (totals.get(key) ?? 0n) + by)

  const expire = (now: number) => {
    const first = live.findIndex(({ at }) => at > now - windowMs)
    const over = first === -1 ? live : live.slice(0, first)
    if (over.length === 0) return
    live = live.slice(over.length)
    for (const { slot, at } of over) {
      if (slot.lastAt !== at) continue
      for (const [key, amount] of slot.counts) change(key, -amount)
      slot.counts.clear()
    }
  }

  return {
    add(slot: Slot, { at, counts }: SignedEntry) {
      for (const [key, text] of Object.entries(counts)) {
        const [before, amount] = [slot.counts.get(key) ?? 0n, BigInt(text)]
        if (amount <= before) continue
        slot.counts.set(key, amount)
        change(key, amount - before)
      }
      slot.lastAt = at
      live.push({ slot, at })
    },
    judge(slot: Slot | undefined, counts: Counts, now: number) {
      expire(now)
      for (const [key, { amount, windowMax }] of counts) {
        const before = slot?.counts.get(key) ?? 0n
        const total = (totals.get(key) ?? 0n) - before + (amount > before ? amount : before)
        if (total > windowMax) {
          throw new SigningRefusedError('window', `${total} of ${key} is over ${windowMax}.`)
        }
      }
    },
  }
}

const slotOf = ({ chain, from, transaction: { nonce } }: SigningRequest) => ({ chain, from, nonce })

const slotKey = ({ chain, from, nonce }: Pick<SignedEntry, 'chain' | 'from' | 'nonce'>) =>
  `${chain} ${from} ${nonce}`

/** Each payout with what its id stands for. */
export function payoutContents({ purpose, payouts = [], chain }: SigningRequest) {
  if (purpose !== 'payout') return []
  return payouts.map(({ id, asset, to, amount }) => {
    return { id, content: digest(`${chain} ${asset} ${to} ${amount}`) }
  })
}
