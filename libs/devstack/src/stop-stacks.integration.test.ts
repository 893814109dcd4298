import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test, vi } from 'vitest'
import { endStack } from './processes/end-stack.ts'
import { isAlive, type ProcessIdentity, processIdentity } from './processes/process-identity.ts'
import { parseRecord } from './processes/stack-record.ts'
import { startAnvil } from './start-anvil.ts'
import type { Part } from './start-stack.ts'
import { stopStacks } from './stop-stacks.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

/** Goal: nothing outlives its owner. Method: real owners in processes of their own, killed. */

const home = join(import.meta.dirname, '../../../.coffer')

type Owner = AsyncDisposable & {
  process: ChildProcess
  dir: string
  app: number
  all: ProcessIdentity[]
}

async function startOwner(folder: string, ...parts: Part[]): Promise<Owner> {
  const script = join(import.meta.dirname, 'testing/stack-owner.ts')
  const owner = spawn(process.execPath, [script, folder, ...parts], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(owner.stdout), 'line')) as [string]
  const { dir, app } = JSON.parse(line) as { dir: string; app: number }
  return {
    ...{ process: owner, dir, app, all: everyProcessOf(dir) },
    async [Symbol.asyncDispose]() {
      owner.kill('SIGKILL')
      await endStack(dir)
    },
  }
}

/** What the stack recorded, with the children of those, such as PostgreSQL's. */
function everyProcessOf(dir: string): ProcessIdentity[] {
  const recorded = parseRecord(readFileSync(join(dir, 'record.jsonl'), 'utf8'))
    .filter((entry) => entry.kind === 'process')
    .filter(isAlive)
  const pids = new Set(recorded.map(({ pid }) => pid))
  const children = processTable().filter(({ parent }) => pids.has(parent))
  return [...recorded, ...children.flatMap(({ pid }) => processIdentity(pid) ?? [])]
}

function processTable(): { pid: number; parent: number; command: string }[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
  return stdout.split('\n').map((line) => {
    const [pid, parent, ...command] = line.trim().split(/\s+/)
    return { pid: Number(pid), parent: Number(parent), command: command.join(' ') }
  })
}

const untilNothingRuns = ({ dir, all }: Owner) =>
  vi.waitFor(
    () => {
      expect(all.filter(isAlive)).toEqual([])
      expect(existsSync(dir)).toBe(false)
    },
    { timeout: 40_000, interval: 20 },
  )

test('kill -9 of the owner leaves no process and no data', async () => {
  await using owner = await startOwner(home, 'postgres', 'kafka', 'redis', 'anvil')
  // Four parts, the adopted child, and PostgreSQL's own children.
  expect(owner.all.length).toBeGreaterThan(8)
  owner.process.kill('SIGKILL')
  await untilNothingRuns(owner)
}, 120_000)

test('an owner that ends by Ctrl-C without disposing leaves nothing either', async () => {
  await using owner = await startOwner(home, 'redis', 'anvil')
  expect(owner.all.map(({ pid }) => pid)).toContain(owner.app)
  owner.process.kill('SIGINT')
  await untilNothingRuns(owner)
}, 60_000)

test('a stack whose watchdog died with its owner is ended by whoever looks next', async () => {
  await using folder = await temporaryFolder()
  await using owner = await startOwner(folder.path, 'anvil')
  const watchdog = processTable().find(
    ({ command }) => command.includes('watchdog.ts') && command.endsWith(owner.dir),
  )
  const pid = watchdog?.pid ?? Number.NaN
  process.kill(pid, 'SIGKILL')
  await vi.waitFor(() => expect(processIdentity(pid)).toBeUndefined(), { timeout: 20_000 })
  owner.process.kill('SIGKILL')
  await once(owner.process, 'exit')
  expect(owner.all.filter(isAlive)).toHaveLength(2)

  const stopped = await stopStacks({ home: folder.path })

  expect(stopped.map(({ dir }) => dir)).toEqual([owner.dir])
  expect(stopped[0]?.stopped.map(({ name }) => name).toSorted()).toEqual(['anvil', 'child'])
  await untilNothingRuns(owner)
}, 60_000)

test('a stack whose owner runs is left alone, unless all are to be stopped', async () => {
  await using folder = await temporaryFolder()
  await using owner = await startOwner(folder.path, 'anvil')
  expect(await stopStacks({ home: folder.path })).toEqual([])
  expect(owner.all.filter(isAlive)).toHaveLength(2)

  const stopped = await stopStacks({ home: folder.path, all: true })

  expect(stopped).toMatchObject([{ dir: owner.dir }])
  expect(stopped[0]?.stopped).toContainEqual({ name: 'owner', pid: owner.process.pid })
  await untilNothingRuns(owner)
  const hasEnded = owner.process.exitCode !== null || owner.process.signalCode !== null
  if (!hasEnded) await once(owner.process, 'exit')
  expect(owner.process.exitCode ?? owner.process.signalCode).toBe('SIGTERM')
}, 60_000)

test('lone Anvils run side by side and end when disposed', async () => {
  const [first, second] = await Promise.all([startAnvil({ dir: home }), startAnvil({ dir: home })])
  expect(first.url).not.toBe(second.url)
  const identities = [first, second].flatMap(({ pid }) => processIdentity(pid) ?? [])
  expect(identities).toHaveLength(2)
  await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()])
  expect(identities.filter(isAlive)).toEqual([])
})

test('an Anvil on a port that is taken fails and says so', async () => {
  await using first = await startAnvil({ dir: home })
  const port = Number(new URL(first.url).port)
  await expect(startAnvil({ dir: home, port })).rejects.toThrow(/Could not start anvil.*in use/s)
})
