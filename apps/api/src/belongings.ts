import type { Belongings } from '@coffer/access/guard'
import { KeyUnknownError } from '@coffer/access/issue-key'
import type { KeyBook } from '@coffer/access/ports'
import { postgresDepositReader } from '@coffer/deposits/deposit-reader'
import { DepositUnknownError, depositIdOnWire } from '@coffer/deposits/wire'
import type { AppError } from '@coffer/errors/app-error'
import { OrderUnknownError } from '@coffer/payments/cancel-order'
import { postgresPaymentReader } from '@coffer/payments/payment-reader'
import { postgresRefundReader } from '@coffer/payments/refunds'
import { PaymentUnknownError } from '@coffer/payments/request-refund'
import { RefundUnknownError } from '@coffer/payments/routes-refunds'
import { MerchantUnknownError } from '@coffer/payments/update-merchant'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { SettlementUnknownError } from '@coffer/settlements/routes'
import { postgresSettlementReader } from '@coffer/settlements/settlement-reader'
import { UserUnknownError } from '@coffer/wallets/assign-address'
import { tenantOfOwner } from '@coffer/wallets/tenant-of-owner'
import { WithdrawalUnknownError } from '@coffer/withdrawals/approve-withdrawal'
import { postgresWithdrawals } from '@coffer/withdrawals/postgres-withdrawals'

/** Of what is remembered, which never changes. */
const REMEMBERED_MAX = 100_000

type Noun = {
  /** The owner of one, whose tenant it is. */
  ownerOf?: (id: string) => Promise<string | undefined>
  tenantOf?: (id: string) => Promise<string | null | undefined>
  unknown: (id: string) => AppError
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const itself = async (id: string): Promise<string> => id

/** Whose the things are that routes name, by what every context tells of its own. */
export function belongingsOf(postgres: Postgres, book: Pick<KeyBook, 'find'>): Belongings {
  const nouns = nounsOf(postgres, book)
  const remembered = new Map<string, string | null>()
  const nounOf = (name: string): Noun => {
    const noun = nouns[name]
    if (noun === undefined) throw new Error(`Nobody tells whose a ${name} is.`)
    return noun
  }
  const look = async (name: string, id: string): Promise<string | null | undefined> => {
    const { ownerOf, tenantOf } = nounOf(name)
    if (tenantOf !== undefined) return await tenantOf(id)
    const owner = await ownerOf?.(id)
    return owner !== undefined && UUID.test(owner)
      ? await tenantOfOwner(postgres, owner)
      : undefined
  }
  return {
    tenantOf(name, id) {
      const known = remembered.get(`${name} ${id}`)
      if (known !== undefined) return known
      return look(name, id).then((tenant) => {
        if (tenant === undefined) return undefined
        if (remembered.size >= REMEMBERED_MAX) remembered.clear()
        remembered.set(`${name} ${id}`, tenant)
        return tenant
      })
    },
    unknown: (name, id) => nounOf(name).unknown(id),
  }
}

function nounsOf(postgres: Postgres, book: Pick<KeyBook, 'find'>): Readonly<Record<string, Noun>> {
  const payments = postgresPaymentReader(postgres)
  const refunds = postgresRefundReader(postgres)
  const settlements = postgresSettlementReader(postgres)
  const withdrawals = postgresWithdrawals(postgres)
  const deposits = postgresDepositReader(postgres)
  const paymentOfRefund = async (id: string) => (await refunds.find(id))?.paymentId
  return {
    user: { ownerOf: itself, unknown: (id) => new UserUnknownError(id) },
    merchant: { ownerOf: itself, unknown: (id) => new MerchantUnknownError(id) },
    // A payment owns the address that it is paid to.
    payment: { ownerOf: itself, unknown: (id) => new PaymentUnknownError(id) },
    order: {
      ownerOf: uuid(async (id) => (await payments.findOrder(id))?.merchantId),
      unknown: (id) => new OrderUnknownError(id),
    },
    refund: { ownerOf: uuid(paymentOfRefund), unknown: (id) => new RefundUnknownError(id) },
    settlement: {
      ownerOf: uuid(async (id) => (await settlements.find(id))?.merchantId),
      unknown: (id) => new SettlementUnknownError(id),
    },
    withdrawal: {
      ownerOf: uuid(async (id) => (await withdrawals.find(id))?.owner),
      unknown: (id) => new WithdrawalUnknownError(id),
    },
    deposit: {
      async ownerOf(id) {
        const { data } = depositIdOnWire.safeParse(id)
        return data && (await deposits.find(data))?.owner
      },
      unknown: (id) => new DepositUnknownError(id),
    },
    key: {
      tenantOf: async (id) => (await book.find(id))?.tenant,
      unknown: (id) => new KeyUnknownError(id),
    },
  }
}

/** What is no id names nothing. */
const uuid =
  (find: (id: string) => Promise<string | undefined>) =>
  async (id: string): Promise<string | undefined> =>
    UUID.test(id) ? await find(id) : undefined
