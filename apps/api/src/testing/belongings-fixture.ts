import { randomUUID } from 'node:crypto'
import { newCaller, newTenant } from './tenants.ts'
import { CHAIN, NATIVE_ASSET, type TestApi } from './test-api.ts'

/** A tenant, and one of everything that can belong to it. */
export type Fixture = {
  tenant: string
  user: string
  merchant: string
  asset: string
  /** Everything that no other tenant may read of. */
  ids: string[]
  /** What of it lists show. */
  listed: string[]
  /** `template` of the API's document with the tenant's ids in it. */
  pathOf(template: string): string
  /** `path` with the query that it needs. */
  listOf(path: string): string
}

/** Makes a tenant with one of everything; `seed` keeps two apart. */
export async function belongingsFixture(api: TestApi, seed: number): Promise<Fixture> {
  const tenant = await newTenant(api)
  const owner = await newCaller(api, { role: 'owner', tenant, holder: `owner ${tenant}` })
  const spare = await newCaller(api, { role: 'viewer', tenant, holder: `spare ${tenant}` })
  const user = (await owner.call('POST', '/v1/users', { externalId: 'alice' })).body.id
  const facts = { name: `shop ${seed}`, email: `${seed}@example.com` }
  const merchant = (await owner.call('POST', '/v1/merchants', facts)).body.id
  const made = await api.server.inject({
    ...{ method: 'POST', url: '/v1/payments' },
    headers: { ...owner.headers, 'idempotency-key': randomUUID() },
    payload: {
      ...{ merchant, reference: `order ${tenant}`, amount: '5', channel: 'onchain' },
      asset: NATIVE_ASSET.id,
    },
  })
  const { id: payment, order } = made.json()
  const endpoints = `/v1/merchants/${merchant}/webhook-endpoints`
  const hook = await owner.call('POST', endpoints, { url: 'https://hooks.example.com/x' })
  const stored = await insertRows(api, { seed, user, merchant, payment })

  const deposit = `${CHAIN}:0x${stored.txHash}:value`
  const ids: Record<string, string> = {
    ...{ users: user, merchants: merchant, payments: payment, orders: order },
    ...{ refunds: stored.refund, settlements: stored.settlement, withdrawals: stored.withdrawal },
    ...{ deposits: encodeURIComponent(deposit), keys: spare.keyId },
  }
  return {
    ...{ tenant, user, merchant, asset: NATIVE_ASSET.id },
    ids: [...Object.values(ids).slice(0, -2), tenant, spare.keyId, deposit, hook.body.id],
    listed: [payment, stored.settlement, stored.withdrawal, deposit, spare.keyId],
    pathOf: (template) =>
      template
        // What never ends is asked for wrongly.
        .replace(/\/stream$/, '/stream?wrong')
        .replace(/\{endpointId\}/, hook.body.id)
        .replace(/\/([\w-]+)\/\{id\}/, (_all, noun) => `/${noun}/${ids[noun] ?? randomUUID()}`)
        .replace('{chain}', CHAIN)
        .replace('{deliveryId}', randomUUID()),
    listOf: (path) => `${path}${QUERIES[path] ?? ''}`,
  }
}

const stretch = 'from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z'

const QUERIES: Readonly<Record<string, string>> = {
  '/v1/analytics/summary': `?${stretch}`,
  '/v1/analytics/top-merchants': `?${stretch}&asset=${encodeURIComponent(NATIVE_ASSET.id)}`,
}

type Owned = { seed: number; user: string; merchant: string; payment: string }

/** What other processes would have made. */
async function insertRows({ postgres }: TestApi, { seed, user, merchant, payment }: Owned) {
  const [refund, settlement, withdrawal] = [randomUUID(), randomUUID(), randomUUID()]
  const txHash = `${seed}`.padStart(64, '0')
  const asset = NATIVE_ASSET.id
  const bytes = (digits: string, length: number) => `decode('${digits.repeat(length)}', 'hex')`
  await postgres.execute(`
    insert into payments.refunds
      (id, payment_id, idempotency_key, amount, excess, status, created_at)
    values ('${refund}', '${payment}', 'key', 1, 0, 'requested', now())`)
  await postgres.execute(`
    insert into settlements.settlements (id, merchant_id, asset, amount, reserve, lines, carried_in,
      carried_out, cause, created_at, completed_at)
    values ('${settlement}', '${merchant}', '${asset}', 1, 0, 1, 0, 0, 'request', now(), now())`)
  await postgres.execute(`
    insert into withdrawals.withdrawals (id, owner, chain, asset, to_address, amount, fee, status,
      needs_approval, version, requested_at)
    values ('${withdrawal}', '${user}', '${CHAIN}', '${asset}', ${bytes('ab', 20)}, 1, 0, 'failed',
      false, 1, now())`)
  await postgres.execute(`
    insert into deposits.deposits (chain, tx_hash, position, owner, asset, amount, "from", "to",
      block_number, block_hash, block_time, status, seen_at)
    values ('${CHAIN}', ${bytes(txHash, 1)}, 'value', '${user}', '${asset}', 1,
      ${bytes('aa', 20)}, ${bytes('bb', 20)}, 10, ${bytes('cc', 32)}, now(), 'seen', now())`)
  return { refund, settlement, withdrawal, txHash }
}
