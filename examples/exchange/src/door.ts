import { createServer, type IncomingMessage, type Server } from 'node:http'
import { json } from 'node:stream/consumers'
import { answerOf, type CofferClient } from '@coffer/client/coffer-client'
import { balancesOf, type Customer } from './books.ts'
import { differences } from './differences.ts'
import type { Journal } from './journal.ts'

type Answer = readonly [status: number, body: unknown]

export type DoorOptions = {
  journal: Journal
  client: CofferClient
  /** Where customers pay in. */
  chain: string
}

/** What the exchange's own website would call: customers, their books, their withdrawals. */
export function openDoor(options: DoorOptions): Server {
  return createServer((request, response) => {
    answer(request, options).then(
      ([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(`${JSON.stringify(body, (_, each) => shown(each))}\n`)
      },
      (error: unknown) => {
        console.error(error)
        response.writeHead(502).end()
      },
    )
  })
}

const shown = (value: unknown) => (typeof value === 'bigint' ? `${value}` : value)

async function answer(request: IncomingMessage, options: DoorOptions): Promise<Answer> {
  const { journal, client } = options
  const { method, url = '/' } = request
  if (method === 'GET' && url === '/differences') {
    return [200, await differences(journal.books, client)]
  }
  const [, name = '', what] = /^\/customers\/(\w+)(\/withdrawals)?$/.exec(url) ?? []
  const customer = journal.books.customers.get(name)
  if (method === 'PUT' && name && !what) return [200, customer ?? (await welcome(name, options))]
  if (customer === undefined) return [404, { problem: 'Nobody is called so.' }]
  if (method === 'GET' && !what) return [200, standing(customer, journal)]
  return method === 'POST' && what ? withdraw(customer, await json(request), journal) : [405, {}]
}

/** Who is asked for twice is one user: our name for them is Coffer's external id. */
async function welcome(name: string, { journal, client, chain }: DoorOptions): Promise<Customer> {
  const { id } = await answerOf(client.POST('/v1/users', { body: { externalId: name } }))
  const params = { path: { id } }
  const made = client.POST('/v1/users/{id}/addresses', { params, body: { chain } })
  const customer = { name, user: id, address: (await answerOf(made)).address }
  journal.write({ line: 'customer', ...customer })
  return customer
}

function standing({ name, user, address }: Customer, { books }: Journal) {
  const balances = Object.fromEntries(balancesOf(books, user))
  const mine = [...books.withdrawals.values()].filter((each) => each.user === user)
  const withdrawals = mine.map(({ key, amount, status }) => ({ key, amount, status }))
  return { name, address, balances, withdrawals }
}

type Wanted = Partial<Record<'key' | 'asset' | 'to' | 'amount', string>>

/** Kept first, and paid behind the answer. */
function withdraw({ user }: Customer, wanted: unknown, { books, write }: Journal): Answer {
  const { key, asset, to, amount = '' } = wanted as Wanted
  if (!key || !asset || !to || !/^[1-9]\d*$/.test(amount)) {
    return [400, { problem: 'Expected key, asset, to, and amount as a whole number.' }]
  }
  const known = books.withdrawals.get(key)
  if (known !== undefined) return [202, known]
  const { available = 0n } = balancesOf(books, user).get(asset) ?? {}
  if (available < BigInt(amount)) return [422, { problem: `There is ${available} available.` }]
  write({ line: 'withdrawal', key, user, asset, to, amount })
  return [202, books.withdrawals.get(key)]
}
