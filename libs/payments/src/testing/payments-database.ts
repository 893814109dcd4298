import { randomUUID } from 'node:crypto'
import { type ReadEvent, readEvent } from '@coffer/events/event'
import type { Address } from '@coffer/evm/address'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { messagesIn } from '@coffer/messaging/outbox-source'
import { type AssetId, currencyAssetId, parseAssetId } from '@coffer/money/asset'
import type { Units } from '@coffer/money/units'
import type { Migrations } from '@coffer/postgres/migrate'
import { type TestDatabase, testDatabase } from '@coffer/testkit/test-database'
import { walletsMigrations } from '@coffer/wallets/migrations'
import { eq, sql } from 'drizzle-orm'
import { paymentsMigrations } from '../migrations.ts'
import { charges, merchants, orders, payments } from '../schema.ts'

export const TOKEN: AssetId = parseAssetId(`eip155:31337/erc20:0x${'c'.repeat(40)}`)

const USD = currencyAssetId('USD')

/** When everything expires that a test makes, unless it says otherwise. */
export const EXPIRES_AT = new Date('2026-11-21T12:30:00Z')

/** A database with a merchant, in which payments are made by hand. */
export type PaymentsDatabase = AsyncDisposable & {
  postgres: TestDatabase['postgres']
  url: string
  merchantId: string
  /** Makes another merchant; answers its id. */
  merchant(): Promise<string>
  /** Makes an order of 100 units and a payment of it on chain; answers the payment's id. */
  payment(order?: string): Promise<string>
  order(): Promise<string>
  /** Makes a payment of 100 cents by `card`, which is to be charged; answers its id. */
  cardPayment(card: string, asAnotherOf?: string): Promise<string>
  read(id: string): Promise<typeof payments.$inferSelect | undefined>
  /** Everything announced so far, in order. */
  announced(): Promise<ReadEvent[]>
}

export async function paymentsDatabase(
  others: readonly Migrations[] = [],
): Promise<PaymentsDatabase> {
  const contexts = [messagingMigrations, walletsMigrations, paymentsMigrations, ...others]
  const database = await testDatabase(contexts)
  const { postgres } = database
  const createdAt = new Date('2026-11-21T12:00:00Z')
  const merchant = async () => {
    const id = randomUUID()
    const facts = { name: 'Books', email: 'books@example.com', feeBasisPoints: 250 }
    await postgres.insert(merchants).values({ id, ...facts })
    return id
  }
  const merchantId = await merchant()
  const terms = { merchantId, asset: TOKEN, amount: 100n as Units, createdAt }

  const order = async () => {
    const id = randomUUID()
    await postgres.insert(orders).values({ ...terms, id, reference: id })
    return id
  }
  return {
    postgres,
    url: database.url,
    merchantId,
    merchant,
    order,
    async payment(orderId) {
      const id = randomUUID()
      await postgres.insert(payments).values({
        ...terms,
        id,
        orderId: orderId ?? (await order()),
        channel: 'onchain',
        fee: 3n as Units,
        address: `0x${id.replaceAll('-', '')}00000000` as Address,
        expiresAt: EXPIRES_AT,
        status: 'created',
        received: 0n as Units,
      })
      return id
    },
    cardPayment: (card, other) => cardPayment(postgres, { merchantId, card, other }),
    read: async (id) => (await postgres.select().from(payments).where(eq(payments.id, id)))[0],
    async announced() {
      const rows = await postgres.execute(sql`select * from messaging.outbox order by id`)
      return rows.flatMap(messagesIn).map(readEvent)
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

type CardPayment = { merchantId: string; card: string; other: string | undefined }

async function cardPayment(
  postgres: TestDatabase['postgres'],
  { merchantId, card, other }: CardPayment,
): Promise<string> {
  const [known] = other ? await postgres.select().from(payments).where(eq(payments.id, other)) : []
  const [id, orderId] = [randomUUID(), known?.orderId ?? randomUUID()]
  const createdAt = new Date()
  const terms = { merchantId, asset: USD, amount: 100n as Units, createdAt }
  await postgres.transaction(async (tx) => {
    const order = { ...terms, id: orderId, reference: card + orderId }
    if (known === undefined) await tx.insert(orders).values(order)
    await tx.insert(payments).values({
      ...{ ...terms, id, orderId, channel: 'sandbox', fee: 3n as Units },
      expiresAt: new Date(createdAt.getTime() + 3_600_000),
      ...{ status: 'created', received: 0n as Units },
    })
    await tx.insert(charges).values({ paymentId: id, card, lookAt: createdAt })
  })
  return id
}
