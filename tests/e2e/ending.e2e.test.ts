import { APPS } from '@coffer/cli/start-coffer'
import { startAnvil } from '@coffer/devstack/start-anvil'
import { startStack } from '@coffer/devstack/start-stack'
import { expect, test } from 'vitest'
import { freshHome } from './coffer-under-test.ts'
import { openPorts, processesOf, runCofferWatched, startUp, untilGone } from './run-coffer.ts'

/** Goal: nothing of Coffer outlives it. Method: end it in every way there is, and look. */

test('Ctrl-C ends every process and frees every port', async () => {
  const home = await freshHome('ending')
  await using up = await startUp(home, {}, APPS)
  const processes = processesOf(home)

  const code = await up.interrupt('SIGINT')

  expect(code).toBe(0)
  expect(processes.length).toBeGreaterThan(7)
  await untilGone(processes)
  expect(await openPorts(up.facts)).toEqual([])
})

test('a kill that nothing can catch leaves nothing either', async () => {
  const home = await freshHome('ending')
  await using up = await startUp(home)
  const processes = processesOf(home)

  up.child.kill('SIGKILL')

  await untilGone(processes)
  expect(await openPorts(up.facts)).toEqual([])
})

test('uses the parts that it is given, and stops none of them', async () => {
  const home = await freshHome('ending')
  await using stack = await startStack({ home: await freshHome('given') })
  const given = stack.urls
  await using up = await startUp(home, given)
  const processes = processesOf(home)

  const code = await up.interrupt('SIGTERM')

  const { databaseUrl, kafkaBrokers, redisUrl, rpcUrl } = up.facts
  expect({ databaseUrl, kafkaBrokers, redisUrl, rpcUrl }).toEqual({
    databaseUrl: given.DATABASE_URL,
    kafkaBrokers: given.KAFKA_BROKERS,
    redisUrl: given.REDIS_URL,
    rpcUrl: given.RPC_URLS,
  })
  expect(code).toBe(0)
  await untilGone(processes)
  expect(await openPorts(up.facts)).toHaveLength(4)
})

test.for([
  {
    name: 'a node of another chain',
    env: { CHAIN_ID: '1' },
    says: 'serves chain 31337 (0x7a69), but eip155:1 is configured',
    ends: 2,
  },
  {
    name: 'a key that anybody could guess',
    env: { API_KEY: 'a' },
    says: 'API_KEY: Expected keys',
    ends: 1,
  },
  {
    name: 'a database that is not there',
    env: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' },
    says: 'DATABASE_URL is set, but no postgres answers there',
    ends: 5,
  },
])('refuses $name, and leaves nothing running', async ({ env, says, ends }) => {
  const home = await freshHome('ending')
  await using anvil = await startAnvil()

  const up = ['up', '--home', home, '--apps', 'scanner,accounts,api']
  const { code, stderr, started } = await runCofferWatched(up, { RPC_URLS: anvil.url, ...env })

  expect(code).toBe(ends)
  expect(stderr).toContain(says)
  await untilGone([...started, ...processesOf(home)])
})
