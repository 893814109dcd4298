import { Command, Option } from 'commander'
import { printJson } from '../progress.ts'
import { type ApiOptions, apiOf, withApi } from './api-options.ts'
import { wholeNumber } from './whole-number.ts'

/** A key as the API tells it; its secret only when it was made just now. */
type Key = {
  id: string
  tenant: string | null
  holder: string
  role: string
  expiresAt: string | null
  previousUntil: string | null
  revokedAt: string | null
  lastUsedAt: string | null
  secret?: string
  signingSecret?: string | null
}

const ROLES = ['admin', 'operator', 'auditor', 'owner', 'developer', 'viewer']

const DAY_MS = 86_400_000

type NewKey = ApiOptions & {
  holder: string
  role: string
  tenant?: string
  days?: number
  signed?: true
}

const create = withApi(
  new Command('create')
    .description('Make a key, whose secret is shown this once.')
    .requiredOption('--holder <who>', 'an e-mail address, or the name of a service')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
    .option('--tenant <id>', 'whose users and merchants it sees; the platform sees all')
    .option('--days <number>', 'how long it is good, default for ever', wholeNumber)
    .option('--signed', 'good for signed requests alone'),
).action(async ({ holder, role, tenant, days, signed, ...options }: NewKey) => {
  const api = await apiOf(options)
  const expiresAt = days && new Date(Date.now() + days * DAY_MS).toISOString()
  const wanted = {
    holder,
    role,
    ...(tenant ? { tenant } : {}),
    ...(expiresAt ? { expiresAt } : {}),
    ...(signed ? { requiresSignature: true } : {}),
  }
  const made = await api<Key>('POST', '/v1/keys', wanted)
  if (options.json) return printJson(made)
  const secret = signed ? made.signingSecret : made.secret
  console.log(`${lineOf(made)}\n${secret}`)
  console.log('Nobody can show the last line again.')
})

const list = withApi(
  new Command('list')
    .description('List keys, the newest first, without their secrets.')
    .option('--tenant <id>', 'of this tenant only')
    .option('--all', 'those too that were revoked'),
).action(async (options: ApiOptions & { tenant?: string; all?: true }) => {
  const api = await apiOf(options)
  const found: Key[] = []
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = new URLSearchParams({
      limit: '200',
      ...(options.tenant ? { tenant: options.tenant } : {}),
      ...(cursor ? { cursor } : {}),
    })
    const page: { items: Key[]; nextCursor: string | null } = await api('GET', `/v1/keys?${query}`)
    found.push(...page.items.filter(({ revokedAt }) => options.all || revokedAt === null))
    cursor = page.nextCursor
  }
  if (options.json) return printJson(found)
  for (const key of found) console.log(lineOf(key))
  if (found.length === 0) console.log('There are no keys but API_KEY.')
})

const rotate = withApi(
  new Command('rotate')
    .description('Give a key a new secret; the old one is good for a while longer.')
    .argument('<id>', 'of the key')
    .option('--grace <seconds>', 'how long the old secret is good', wholeNumber, 86_400),
).action(async (id: string, { grace, ...options }: ApiOptions & { grace: number }) => {
  const api = await apiOf(options)
  const path = `/v1/keys/${encodeURIComponent(id)}/rotate`
  const rotated = await api<Key>('POST', path, { graceSeconds: grace })
  if (options.json) return printJson(rotated)
  console.log(`${lineOf(rotated)}\n${rotated.secret}`)
  console.log(`The secret before it is good until ${rotated.previousUntil}.`)
})

const revoke = withApi(
  new Command('revoke')
    .description('Refuse a key from now on, everywhere within a second.')
    .argument('<id>', 'of the key'),
).action(async (id: string, options: ApiOptions) => {
  const api = await apiOf(options)
  const revoked = await api<Key>('POST', `/v1/keys/${encodeURIComponent(id)}/revoke`)
  if (options.json) return printJson(revoked)
  console.log(lineOf(revoked))
})

/** `coffer keys`: who may call the API, and what. */
export const keys = new Command('keys')
  .description('Keys of the API: who may call it, and what.')
  .addCommand(create)
  .addCommand(list)
  .addCommand(rotate)
  .addCommand(revoke)

function lineOf({ id, tenant, holder, role, expiresAt, revokedAt, lastUsedAt }: Key): string {
  const facts = [
    tenant === null ? 'of the platform' : `of tenant ${tenant}`,
    lastUsedAt === null ? 'never used' : `last used ${lastUsedAt}`,
    ...(expiresAt === null ? [] : [`good until ${expiresAt}`]),
    ...(revokedAt === null ? [] : [`revoked ${revokedAt}`]),
  ]
  return `${id}  ${role}  ${holder}  ${facts.join(', ')}`
}
