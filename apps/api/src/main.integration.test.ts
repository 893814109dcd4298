import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { json, text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { messagingMigrations } from '@coffer/messaging/migrations'
import { quickNode } from '@coffer/testkit/quick-node'
import { testDatabase } from '@coffer/testkit/test-database'
import { walletsMigrations } from '@coffer/wallets/migrations'
import { expect, test } from 'vitest'
import { XPUB } from './testing/test-api.ts'

const KEY = 'a-test-key-of-sixteen-or-more'

type Api = AsyncDisposable & {
  child: ChildProcess
  exited: Promise<unknown[]>
  complaint: Promise<string>
}

function startApi(env: Record<string, string>): Api {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const child = spawn(process.execPath, [...quickNode.args, main], {
    env: {
      ...quickNode.env,
      ...{ API_PORT: '0', RPC_URLS: 'http://127.0.0.1:8545', API_KEY: KEY, XPUB },
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // Both from the start: a process may end before anybody asks how, and what it printed and
  // nobody had read by then is gone.
  const exited = once(child, 'exit')
  const complaint = text(child.stderr)
  return {
    child,
    exited,
    complaint,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function listeningUrl({ child }: Api): Promise<string> {
  if (child.stdout === null) throw new Error('The process has no output.')
  for await (const line of createInterface(child.stdout)) {
    const { url } = JSON.parse(line)
    if (url) return url
  }
  throw new Error('The process ended without listening.')
}

async function refusal({ exited, complaint }: Api): Promise<string> {
  expect(await exited).toEqual([1, null])
  return await complaint
}

test('listens, answers and stops when told', async () => {
  await using database = await testDatabase([messagingMigrations, walletsMigrations])
  await using api = startApi({ DATABASE_URL: database.url })

  const url = await listeningUrl(api)
  const created = await fetch(`${url}/v1/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}` },
  })

  expect((await fetch(`${url}/health`)).status).toBe(200)
  expect(created.status).toBe(201)
  api.child.kill('SIGTERM')
  expect(await api.exited).toEqual([0, null])
})

test('does not start without a key, nor with a private one to derive from', async () => {
  const DATABASE_URL = 'postgres://127.0.0.1/none'
  const secret =
    'xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi'
  await using keyless = startApi({ DATABASE_URL, API_KEY: '' })
  await using careless = startApi({ DATABASE_URL, XPUB: secret })

  expect(await refusal(keyless)).toContain('API_KEY: Set it to a key')
  const words = await refusal(careless)
  expect(words).toContain('it is an extended PRIVATE key')
  expect(words).not.toContain(secret)
})

test('does not start where addresses of payments would lead to nobody', async () => {
  await using node = await emptyChain()
  const FORWARDERS_ADDRESS = `0x${'f0'.repeat(20)}`
  await using api = startApi({
    ...{ DATABASE_URL: 'postgres://127.0.0.1/none', RPC_URLS: node.url, FORWARDERS_ADDRESS },
  })

  const words = await refusal(api)

  expect(words).toContain(`FORWARDERS_ADDRESS ${FORWARDERS_ADDRESS} of eip155:31337 is wrong`)
  expect(words).toContain('there is no contract at this address')
})

type Call = { id: number; method: string }

/** A node of a chain without contracts. */
async function emptyChain(): Promise<AsyncDisposable & { url: string }> {
  const answer = ({ id, method }: Call) => {
    return { jsonrpc: '2.0', id, result: method === 'eth_chainId' ? '0x7a69' : '0x' }
  }
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const asked = body as Call | Call[]
      response.end(JSON.stringify(Array.isArray(asked) ? asked.map(answer) : answer(asked)))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
