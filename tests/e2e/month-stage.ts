import { seededRandom } from '@coffer/simulator/seeded-random'
import { waitFor } from '@coffer/testkit/wait-for'
import type { CofferUnderTest } from './coffer-under-test.ts'
import { callsTo, listed } from './month-calls.ts'
import { monthOracle } from './month-oracle.ts'
import { planMonth } from './month-plan.ts'
import type { KnownPayment } from './month-standings.ts'
import { openTrade, outsideOf, readChain, type StatementLine } from './month-trade.ts'

const SANDBOX_KEY = 'sandbox-key-of-the-month'

/**
 * So soon that nobody waits for long, and so seldom that looking is little of the work. What is
 * lost on purpose is soon given up.
 */
export const HASTY = {
  ...{ POLL_MS: '100', LOOK_MS: '250', DISPATCH_MS: '250', JANITOR_MS: '1000' },
  ...{ SWEEPS: 'forwarders', SWEEP_MS: '1000' },
  ...{ EXPIRY_GRACE_SECONDS: '0', EXPIRY_EVERY_MS: '500' },
  ...{ SANDBOX_KEY, SANDBOX_DELAY_MS: '1000' },
  ...{ CHANNEL_TIMEOUT_MS: '3000', CHANNEL_RETRY_MS: '300' },
  ...{ STATEMENT_EVERY_MS: '2000', RECONCILIATION_SETTLE_SECONDS: '4' },
}

/** Sends what the forwarders of a local chain hold on to it. */
export const HOT_WALLET = '0x98e503f35d0a019cb0a251ad243a4ccfcf371f46'

export const USD = 'sandbox:1/iso4217:USD'
export const EUR = 'sandbox:1/iso4217:EUR'

const CARDS = [
  ...['tok_succeed', 'tok_decline', 'tok_delayed', 'tok_callback_lost', 'tok_callback_twice'],
  ...['tok_callbacks_out_of_order', 'tok_timeout', 'tok_timeout_lost', 'tok_error_once'],
  ...['tok_refund_fails', 'tok_charged_back'],
]

export type Stage = Awaited<ReturnType<typeof openStage>>

export type ShownPayment = { id: string; status: string; received: string }

/** Makes the merchants and orders of a month, and knows what must become of them. */
export async function openStage(under: CofferUnderTest, size: { seed: number; orders: number }) {
  const { coffer, node } = under
  const { assets = [] } = coffer.chain ?? {}
  const random = seededRandom(size.seed)
  const idOf = (symbol: string) => assets.find((each) => each.symbol === symbol)?.id ?? ''
  const plan = planMonth(random, {
    ...{ merchants: 20, orders: size.orders, cards: CARDS },
    coins: new Map([
      [idOf('TUSD'), 500_000_000n],
      [idOf('TTKN'), 10n ** 18n],
      [idOf('ETH'), 10n ** 16n],
    ]),
    currencies: new Map([
      [USD, 50_000n],
      [EUR, 50_000n],
    ]),
  })
  const call = callsTo(coffer)
  const trade = await openTrade(call, plan)
  const { payments } = trade
  const oracle = monthOracle(payments)
  const askSandbox = (path: string, body?: object) =>
    fetch(new URL(path, coffer.healthUrl('sandbox')), {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${SANDBOX_KEY}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const stage = {
    ...{ under, call, plan, trade, oracle, assets, random, askSandbox },
    /** What the channel says that it moved, as it was read last. */
    lines: [] as StatementLine[],
    /** Waits until all payments are what the oracle says that they must be. */
    async agree(): Promise<void> {
      const options = { node, rpcUrl: coffer.urls.RPC_URLS, assets, payments }
      const onChain = await readChain(options)
      await untilNone('payments differ', async () => {
        const shown = await listed<ShownPayment>(call, '/v1/payments')
        stage.lines = await readLines(askSandbox)
        oracle.observe(outsideOf(onChain, stage.lines), payersAmong(shown))
        return differing(shown, oracle.expected())
      })
    },
    /** Waits until nobody waits any more for payments whose payers had little time. */
    async untilExpired(): Promise<void> {
      const isOver = ({ expiresAt }: { expiresAt: Date }) => expiresAt.getTime() < Date.now()
      const isHasty = ({ expiresAt }: KnownPayment) =>
        expiresAt.getTime() < Date.now() + HASTY_MAX_MS
      const hasty = payments.filter(isHasty)
      const patience = { what: 'payments to expire', timeoutMs: HASTY_MAX_MS }
      await waitFor(() => hasty.every(isOver), patience)
      await stage.agree()
    },
  }
  return stage
}

/** Longer than those may wait who have little time, and shorter than all others. */
const HASTY_MAX_MS = 120_000

async function readLines(ask: (path: string) => Promise<Response>): Promise<StatementLine[]> {
  const day = new Date().toISOString().slice(0, 10)
  const text = await (await ask(`/statements/${day}`)).text()
  return text.split('\n').flatMap((line) => (line ? [JSON.parse(line) as StatementLine] : []))
}

/** Those that are said to have paid their orders. */
const payersAmong = (shown: readonly ShownPayment[]): ReadonlySet<string> =>
  new Set(shown.filter(({ status }) => PAID.has(status)).map(({ id }) => id))

const PAID: ReadonlySet<string> = new Set(['paid', 'overpaid', 'paid_late'])

function differing(
  items: readonly ShownPayment[],
  expected: ReturnType<ReturnType<typeof monthOracle>['expected']>,
): string[] {
  const shown = new Map(items.map((payment) => [payment.id, payment]))
  return [...expected].flatMap(([id, { status, received }]) => {
    const got = shown.get(id)
    if (got?.status === status && got.received === `${received}`) return []
    return [`${id}: ${got?.status} ${got?.received}, not ${status} ${received}`]
  })
}

/** Looks until there is no problem any more; else it throws with the first of them. */
export async function untilNone(what: string, look: () => Promise<string[]>): Promise<void> {
  let left: string[] = []
  const isOver = async () => {
    left = await look()
    return left.length === 0
  }
  // To look is work for those who are waited for.
  const patience = { what, intervalMs: 1_000, timeoutMs: 300_000 }
  await waitFor(isOver, patience).catch((cause) => {
    throw new Error(`${left.length} ${what}:\n${left.slice(0, 20).join('\n')}`, { cause })
  })
}
