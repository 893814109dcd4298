import type { Branded } from '@coffer/money/brand'
import type { Units } from '@coffer/money/units'
import { customType, numeric } from 'drizzle-orm/pg-core'

/** An amount of one asset: uint256 holds at most 78 decimal digits. */
export const unitsColumn = () => numeric({ precision: 78, scale: 0, mode: 'bigint' }).$type<Units>()

/** A signed amount, or a sum of many: wide enough for 10^18 amounts of 2^256 − 1. */
export const signedUnitsColumn = () => numeric({ precision: 96, scale: 0, mode: 'bigint' })

/** Bytes, written and read as a lower-case hex string with `0x`. */
export const hexColumn = customType<{ data: `0x${string}`; driverData: Buffer }>({
  dataType: () => 'bytea',
  toDriver: (hex) => Buffer.from(hex.slice(2), 'hex'),
  fromDriver: (bytes) => `0x${bytes.toString('hex')}`,
})

/** PostgreSQL's 64-bit transaction id: the order in which writers began, never reused. */
export const transactionIdColumn = customType<{
  data: Branded<string, 'TransactionId'>
  driverData: string
}>({ dataType: () => 'xid8' })
