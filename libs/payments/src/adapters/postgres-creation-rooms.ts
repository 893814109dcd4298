import { owedTogether } from '@coffer/messaging/outbox'
import { asOne } from '@coffer/postgres/fixed-statement'
import type { Postgres, Transaction } from '@coffer/postgres/open-postgres'
import { sentTogether } from '@coffer/postgres/sent-together'
import type { PaymentAddresses } from '@coffer/wallets/payment-addresses'
import type { Known, PaymentRequest } from '../domain/decide-payments.ts'
import type { Creating, Creation, CreationRooms } from '../ports.ts'
import { insertCharges, insertKeys, insertOrders, insertPayments } from './creation-statements.ts'
import { knownIfNew } from './known-if-new.ts'
import { knownKeys, knownMerchants, knownOrders } from './known-to-requests.ts'

export type CreationRoomsOptions = {
  postgres: Postgres
  addresses: Pick<PaymentAddresses, 'registration'>
}

/** Somebody who makes the same at the same time is through when one of us is told. */
const ATTEMPTS_MAX = 5

/**
 * {@link CreationRooms} in PostgreSQL. Mostly nothing is there yet of what requests name. Then
 * there is nothing to lock: one statement looks and one writes, and unique indexes tell of whoever
 * came between. Else all is done in a transaction that locks what it finds.
 */
export const postgresCreationRooms =
  (options: CreationRoomsOptions): CreationRooms =>
  async (creating) => {
    const made = await makeNew(options, creating)
    if ('result' in made) return made.result
    // What was allotted is still nobody's, unless somebody had it when it was written.
    let { allot } = made
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await makeLocking(options, { ...creating, allot })
      } catch (error) {
        if (attempt === ATTEMPTS_MAX || !isTaken(error)) throw error
        allot = creating.allot
      }
    }
  }

/** What is to be allotted by whoever goes on, where something is there or is when it is written. */
async function makeNew<Allotted, Result>(
  options: CreationRoomsOptions,
  { requests, allot, decide }: Creating<Allotted, Result>,
): Promise<{ result: Result } | { allot: () => Promise<Allotted> }> {
  const { postgres } = options
  const [known, allotted] = await sentTogether([knownIfNew(postgres, requests), allot()])
  if (known === undefined) return { allot: async () => allotted }
  const { result, creation } = decide(known, allotted)
  try {
    await write(options, postgres, creation)
    return { result }
  } catch (error) {
    if (isTaken(error)) return { allot }
    throw error
  }
}

const makeLocking = <Allotted, Result>(
  options: CreationRoomsOptions,
  { requests, allot, decide }: Creating<Allotted, Result>,
): Promise<Result> =>
  options.postgres.transaction(async (tx) => {
    const [known, allotted] = await Promise.all([look(tx, requests), allot()])
    const { result, creation } = decide(known, allotted)
    await write(options, tx, creation)
    return result
  })

/** Orders that there are stay locked. */
async function look(tx: Transaction, requests: readonly PaymentRequest[]): Promise<Known> {
  const merchants = [...new Set(requests.map(({ merchantId }) => merchantId))]
  const [merchantRows, orderRows, keyRows] = await sentTogether([
    knownMerchants(tx, merchants),
    knownOrders(tx, requests),
    knownKeys(tx, requests),
  ])
  return { merchants: merchantRows, orders: orderRows, keys: keyRows }
}

/** All of it in one statement. */
async function write(
  { addresses }: CreationRoomsOptions,
  db: Pick<Transaction, 'execute'>,
  creation: Creation,
): Promise<void> {
  const { made, answered, messages } = creation
  if (answered.length === 0) return
  const owners = made.map(({ payment: { id, merchantId } }) => ({ id, merchantId }))
  const orders = made.filter(({ isOrderNew }) => isOrderNew)
  const charged = made.filter(({ card }) => card !== undefined)
  await db.execute(
    asOne([
      insertKeys(answered),
      ...addresses.registration(owners, creation.addresses),
      ...(orders.length === 0 ? [] : [insertOrders(orders)]),
      ...(made.length === 0 ? [] : [insertPayments(made)]),
      ...(charged.length === 0 ? [] : [insertCharges(charged)]),
      ...(messages.length === 0 ? [] : [owedTogether(messages)]),
    ]),
  )
}

/** Two transactions made the same row, or wait for each other. */
function isTaken(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code } = current as Error & { code?: unknown }
    if (code === '23505' || code === '40P01') return true
  }
  return false
}
