import { type Address, parseAddress } from '@coffer/evm/address'
import type { ChainConfig } from '@coffer/evm/chain-config'
import { consumerMember, consumerSettings } from '@coffer/messaging/consumer-settings'
import { messagingConfig, requireBrokers } from '@coffer/messaging/messaging-settings'
import { parsedBy } from '@coffer/money/parsed-by'
import { readConfig } from '@coffer/runtime/read-config'
import type { PayoutSettings } from '@coffer/withdrawals/jobs'
import { z } from 'zod'

const wei = (standard: bigint) =>
  z.coerce
    .bigint()
    .min(1n)
    .max(10n ** 15n)
    .default(standard)

const ms = (standard: number) => z.coerce.number().int().min(50).max(86_400_000).default(standard)

const settings = z
  .object({
    ...consumerSettings({ group: 'withdrawals', batchSizeMax: 500, healthPort: 4005 }),
    /** Where workers are woken. */
    REDIS_URL: z.url({ protocol: /^rediss?$/ }),
    /** Where the signer listens. */
    SIGNER_SOCKET: z.string().min(1),
    /** The contract that pays many in one transaction; without it each withdrawal has its own. */
    BATCH_PAYER_ADDRESS: parsedBy(parseAddress).optional(),
    /** Most withdrawals that are paid in one transaction. */
    BATCH_MAX: z.coerce.number().int().min(1).max(200).default(50),
    /** Most gas that paying one withdrawal may take. */
    PAYOUT_GAS_MAX: z.coerce.bigint().min(21_000n).max(10_000_000n).default(200_000n),
    /** Most that is offered for a unit of gas. While it costs more, payouts wait. */
    MAX_FEE_WEI: wei(200_000_000_000n),
    MAX_PRIORITY_FEE_WEI: wei(2_000_000_000n),
    /** How long a transaction waits for a block before it offers more, milliseconds. */
    RAISE_AFTER_MS: ms(60_000),
    /** How often a transaction that is under way is looked at, milliseconds. */
    LOOK_MS: ms(2_000),
    /** How often withdrawals that wait are looked for, milliseconds. */
    DISPATCH_MS: ms(500),
    /** Most transactions that are under way at once on a chain. */
    IN_FLIGHT_MAX: z.coerce.number().int().min(1).max(10_000).default(32),
    /** A transaction that is open for longer is told to be stuck, milliseconds. */
    STUCK_AFTER_MS: ms(900_000),
    /** How long others wait before they publish in place of a silent one, milliseconds. */
    LEASE_MS: z.coerce.number().int().min(1).max(60_000).default(3_000),
  })
  .superRefine(requireBrokers)

/** Reads the settings of the payouts. Throws `ConfigError`. */
export function withdrawalsConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(settings, env)
  const { MAX_FEE_WEI: maxFeePerGas, MAX_PRIORITY_FEE_WEI: maxPriorityFeePerGas } = config
  return {
    ...config,
    messaging: messagingConfig(config),
    member: consumerMember(config),
    relay: { batchSize: 1_000, leaseMs: config.LEASE_MS },
    payouts: {
      raiseAfterMs: config.RAISE_AFTER_MS,
      lookMs: config.LOOK_MS,
      dispatchMs: config.DISPATCH_MS,
    },
    settingsOf: ({ chain }: ChainConfig, sender: Address): PayoutSettings => ({
      ...{ chain, sender, batchPayer: config.BATCH_PAYER_ADDRESS, batchMax: config.BATCH_MAX },
      ...{ gasMax: config.PAYOUT_GAS_MAX, inFlightMax: config.IN_FLIGHT_MAX },
      fees: { maxFeePerGas, maxPriorityFeePerGas },
    }),
  }
}
