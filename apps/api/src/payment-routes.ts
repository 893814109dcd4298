import { postgresChainStatuses } from '@coffer/deposits/chain-statuses'
import type { Address } from '@coffer/evm/address'
import type { ChainConfig } from '@coffer/evm/chain-config'
import type { Routes } from '@coffer/http/server'
import type { ChainId } from '@coffer/money/chain-id'
import { cancelOrder } from '@coffer/payments/cancel-order'
import { createMerchant } from '@coffer/payments/create-merchant'
import { createPayment } from '@coffer/payments/create-payment'
import { createPayments } from '@coffer/payments/create-payments'
import { postgresCreationRooms } from '@coffer/payments/creation-rooms'
import { postgresMerchants } from '@coffer/payments/merchants'
import { postgresPaymentReader } from '@coffer/payments/payment-reader'
import { postgresPaymentRooms } from '@coffer/payments/payment-rooms'
import { paymentRoutes } from '@coffer/payments/routes'
import { updateMerchant } from '@coffer/payments/update-merchant'
import type { Postgres } from '@coffer/postgres/open-postgres'
import { isTransientPostgresError } from '@coffer/postgres/transient'
import { postgresPaymentAddresses } from '@coffer/wallets/payment-addresses'
import type { AddressSource } from '@coffer/wallets/ports'
import { merchantBalanceRoutes } from './merchant-balance-routes.ts'

export type PaymentsApiOptions = {
  postgres: Postgres
  chains: readonly Pick<ChainConfig, 'chain' | 'assets' | 'forwarders'>[]
  /** Whether the forwarders of a chain are known to lead to the hot wallet. */
  isVerified: (chain: ChainId) => boolean
  /** Where addresses come from on chains without forwarders. */
  source: AddressSource | undefined
  /** What is kept of payments of merchants for whom nothing else was said. */
  feeBasisPoints?: number | undefined
  /** Where payments are made, by the same few statements always. Default: as all else. */
  making?: Postgres | undefined
}

/** Merchants, orders and payments, wired to PostgreSQL. */
export function paymentsApi(options: PaymentsApiOptions): Routes[] {
  const { postgres, making = postgres, chains, isVerified, source } = options
  const { feeBasisPoints = 0 } = options
  const forwarders = new Map(
    chains.flatMap(({ chain, forwarders: contract }): [typeof chain, Address][] =>
      contract ? [[chain, contract]] : [],
    ),
  )
  const addresses = postgresPaymentAddresses({
    ...{ postgres, forwarders, isVerified, source },
    scanPosition: postgresChainStatuses(making).scanPosition,
  })
  const merchants = postgresMerchants(postgres)
  const now = () => new Date()
  const assets = chains.flatMap((chain) => chain.assets)
  const creation = { rooms: postgresCreationRooms({ postgres: making, addresses }), addresses, now }
  return [
    paymentRoutes({
      ...{ merchants, feeBasisPoints },
      createMerchant: createMerchant({ merchants, now }),
      updateMerchant: updateMerchant({ merchants, now }),
      createPayment: createPayment({
        createPayments: createPayments(creation),
        isTransient: isTransientPostgresError,
        // While one is written to the disk the other is decided.
        groupsAtOnce: 2,
        ...{ addresses, assets },
      }),
      cancelOrder: cancelOrder({ rooms: postgresPaymentRooms(postgres), now }),
      reader: postgresPaymentReader(postgres),
    }),
    merchantBalanceRoutes({ postgres, merchants, assets }),
  ]
}
