import { Command } from 'commander'
import { printJson } from '../progress.ts'
import { type ApiOptions, apiOf, withApi } from './api-options.ts'

/** A tenant as the API tells it. */
type Tenant = { id: string; name: string; createdAt: string }

const create = withApi(
  new Command('create')
    .description('Make a tenant, whose users and merchants no other sees.')
    .argument('<name>', 'that no other has'),
).action(async (name: string, options: ApiOptions) => {
  const api = await apiOf(options)
  const made = await api<Tenant>('POST', '/v1/tenants', { name })
  if (options.json) return printJson(made)
  console.log(`${made.id}  ${made.name}`)
})

const list = withApi(new Command('list').description('List tenants, the newest first.')).action(
  async (options: ApiOptions) => {
    const api = await apiOf(options)
    const { items } = await api<{ items: Tenant[] }>('GET', '/v1/tenants?limit=200')
    if (options.json) return printJson(items)
    for (const { id, name } of items) console.log(`${id}  ${name}`)
    if (items.length === 0) console.log('There are no tenants: all belongs to the platform.')
  },
)

/** `coffer tenants`: whose users and merchants there are. */
export const tenants = new Command('tenants')
  .description('Tenants: whose users and merchants there are.')
  .addCommand(create)
  .addCommand(list)
