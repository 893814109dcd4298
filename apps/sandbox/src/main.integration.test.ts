import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { freePort } from '@coffer/devstack/free-port'
import { sandboxMigrations } from '@coffer/sandbox/migrations'
import { exitOf } from '@coffer/testkit/exit-of'
import { quickNode } from '@coffer/testkit/quick-node'
import { testDatabase } from '@coffer/testkit/test-database'
import { waitFor } from '@coffer/testkit/wait-for'
import { expect, test } from 'vitest'

const KEY = 'a-key-of-the-sandbox'

test('charges, remembers what it moved though it is killed, and stops when told', async () => {
  await using resources = new AsyncDisposableStack()
  const database = resources.use(await testDatabase([sandboxMigrations]))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const start = async () => {
    const child = startSandbox({ DATABASE_URL: database.url, SANDBOX_PORT: `${port}` })
    resources.defer(() => end(child, 'SIGKILL').then(() => undefined))
    const isHealthy = async () => (await fetch(`${url}/health`)).ok
    await waitFor(isHealthy, { what: 'the sandbox to be healthy' })
    return child
  }
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
  const order = {
    reference: 'one',
    asset: 'sandbox:1/iso4217:USD',
    amount: '5',
    card: 'tok_callback_lost',
    callbackUrl: url,
  }
  const charge = async () => {
    const answer = await fetch(`${url}/charges/one`, { headers })
    return (await answer.json()) as { status: string; movedAt: string }
  }

  const first = await start()
  await fetch(`${url}/charges`, { method: 'POST', headers, body: JSON.stringify(order) })
  await waitFor(async () => (await charge()).status === 'succeeded', { what: 'the charge' })
  expect(await end(first, 'SIGKILL')).toBe('SIGKILL')
  const second = await start()

  const day = (await charge()).movedAt.slice(0, 10)
  const statement = await (await fetch(`${url}/statements/${day}`, { headers })).text()
  expect(JSON.parse(statement)).toMatchObject({ line: 1, reference: 'one', amount: '5' })
  expect((await fetch(`${url}/charges/one`)).status).toBe(401)
  expect(await end(second, 'SIGTERM')).toBe(0)
})

const startSandbox = (env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(process.execPath, [...quickNode.args, fileURLToPath(new URL('main.ts', import.meta.url))], {
    stdio: 'inherit',
    env: {
      SANDBOX_KEY: KEY,
      SANDBOX_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}`,
      LOG_LEVEL: 'silent',
      NODE_ENV: 'test',
      NODE_NO_WARNINGS: '1',
      ...quickNode.env,
      ...env,
    },
  })

/** The exit code of a process that is told to end, or the signal that ended it. */
async function end(child: ChildProcess, by: NodeJS.Signals): Promise<number | string | null> {
  child.kill(by)
  return await exitOf(child)
}
