import type { TransactionCreated } from '@coffer/events/accounting-events'
import type { AssetId } from '@coffer/money/asset'
import type { Booking, GroupKey, ItemKind } from './channel-item.ts'

const CHANNEL_ACCOUNT = 'channel.receivable'

/** What reconciliation itself books is no movement of a channel. */
const OWN = 'reconciliation:'

/**
 * What a ledger transaction says that channels moved: one for each asset, for an asset names its
 * channel. None of those that reconciliation has booked.
 */
export function bookingsOf(transaction: TransactionCreated): Booking[] {
  const { reference: id, eventAt, entries } = transaction
  if (id.startsWith(OWN)) return []
  const sums = new Map<AssetId, bigint>()
  for (const { account, asset, amount } of entries) {
    if (account === CHANNEL_ACCOUNT) sums.set(asset, (sums.get(asset) ?? 0n) + amount)
  }
  return [...sums]
    .filter(([, amount]) => amount !== 0n)
    .map(([asset, amount]) => ({
      id,
      ...keyOf(id, asset),
      ...{ asset, amount, movedAt: new Date(eventAt) },
    }))
}

/** `charge:{id}:succeeded`, `charge:{id}:reversed`, `refund:{id}:succeeded`, each maybe `#n`. */
const NAMED = /^(charge|refund):([^:#]+):(succeeded|reversed)(?:#[0-9]+)?$/

/** Whatever else is booked on a channel's account stands alone, under its own reference. */
function keyOf(id: string, asset: AssetId): GroupKey {
  const channel = channelOf(asset)
  const [, noun, reference, what] = NAMED.exec(id) ?? []
  const kind = KINDS[`${noun}:${what}`]
  return reference === undefined || kind === undefined
    ? { channel, kind: 'other', reference: id }
    : { channel, kind, reference }
}

const KINDS: Readonly<Record<string, ItemKind>> = {
  'charge:succeeded': 'payment',
  'charge:reversed': 'chargeback',
  'refund:succeeded': 'refund',
}

/** The channel that an asset is of: `sandbox` of `sandbox:1/iso4217:USD`. */
export const channelOf = (asset: AssetId): string => asset.split(':')[0] ?? ''
