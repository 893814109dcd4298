import { type Address, parseAddress } from '@coffer/evm/address'
import type { ChainConfig } from '@coffer/evm/chain-config'
import { consumerMember, consumerSettings } from '@coffer/messaging/consumer-settings'
import { messagingConfig, requireBrokers } from '@coffer/messaging/messaging-settings'
import type { ChainId } from '@coffer/money/chain-id'
import { parsedBy } from '@coffer/money/parsed-by'
import { ConfigError, readConfig } from '@coffer/runtime/read-config'
import type { PayoutSettings } from '@coffer/withdrawals/jobs'
import { z } from 'zod'
import { amounts, byAsset } from './sweep-config.ts'

const WEI_MAX = 10n ** 20n

/** So many wei, or, by chain, `eip155:1=200000000000,eip155:137=900000000000`; both, too. */
const wei = z
  .string()
  .regex(
    /^([^=,\s]+=)?[1-9][0-9]{0,20}(,([^=,\s]+=)?[1-9][0-9]{0,20})*$/,
    'Expected wei or chain=wei,…',
  )
  .transform((text) => text.split(',').map((item) => item.split('=').reverse()))
  .transform((items) => new Map(items.map(([units = '', chain = '']) => [chain, BigInt(units)])))
  .refine((all) => all.values().every((units) => units <= WEI_MAX), `Expected at most ${WEI_MAX}`)
  .default(new Map())

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
    /** What the batch payer is allowed of a token at once; else what is to be paid. */
    BATCH_ALLOWANCES: amounts.default(new Map()),
    /** Most gas that paying one withdrawal may take. */
    PAYOUT_GAS_MAX: z.coerce.bigint().min(21_000n).max(10_000_000n).default(200_000n),
    /** Most that is offered for a unit of gas. While it costs more, payouts wait. */
    MAX_FEE_WEI: wei,
    MAX_PRIORITY_FEE_WEI: wei,
    /** Most that paying one withdrawal may cost; it waits while it would cost more. */
    PAYOUT_FEE_MAX_WEI: wei,
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

const FEE_NAMES = ['MAX_FEE_WEI', 'MAX_PRIORITY_FEE_WEI', 'PAYOUT_FEE_MAX_WEI'] as const

/** Reads the settings of payouts on `chains`. Throws `ConfigError`. */
export function withdrawalsConfig(
  env: NodeJS.ProcessEnv,
  chains: readonly Pick<ChainConfig, 'chain'>[],
) {
  const config = readConfig(settings, env)
  const followed = new Set<string>(['', ...chains.map(({ chain }) => chain)])
  const strange = FEE_NAMES.flatMap((name) =>
    [...config[name].keys()]
      .filter((chain) => !followed.has(chain))
      .map((chain) => `${name}: ${chain} is not followed.`),
  )
  if (strange.length > 0) throw new ConfigError(strange)
  const feesOf = (chain: ChainId): PayoutSettings['fees'] => {
    const of = (name: (typeof FEE_NAMES)[number]) => config[name].get(chain) ?? config[name].get('')
    return {
      maxFeePerGas: of('MAX_FEE_WEI') ?? 200_000_000_000n,
      maxPriorityFeePerGas: of('MAX_PRIORITY_FEE_WEI') ?? 2_000_000_000n,
      payoutFeeMax: of('PAYOUT_FEE_MAX_WEI'),
    }
  }
  return {
    ...config,
    messaging: messagingConfig(config),
    member: consumerMember(config),
    relay: { batchSize: 1_000, leaseMs: config.LEASE_MS, keepDays: config.OUTBOX_KEEP_DAYS },
    payouts: {
      raiseAfterMs: config.RAISE_AFTER_MS,
      lookMs: config.LOOK_MS,
      dispatchMs: config.DISPATCH_MS,
    },
    settingsOf: ({ chain, assets }: ChainConfig, sender: Address): PayoutSettings => ({
      allowances: byAsset({ chain, assets }, 'BATCH_ALLOWANCES', config.BATCH_ALLOWANCES),
      ...{ chain, sender, batchPayer: config.BATCH_PAYER_ADDRESS, batchMax: config.BATCH_MAX },
      ...{ gasMax: config.PAYOUT_GAS_MAX, inFlightMax: config.IN_FLIGHT_MAX },
      fees: feesOf(chain),
    }),
  }
}
