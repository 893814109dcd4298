/** Goal: the shell scripts do what they say. Method: they run as their users run them. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TOPICS } from '@coffer/events/topics'
import { healthServer } from '@coffer/http/health-server'
import { withAdmin } from '@coffer/testkit/kafka-admin'
import { stackUrls } from '@coffer/testkit/stack-urls'
import { expect, test } from 'vitest'

type Outcome = { code: number; stdout: string; stderr: string }

/** Runs a script of this folder, by the shell. */
const run = (script: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> =>
  new Promise((resolve) => {
    const file = join(import.meta.dirname, `${script}.sh`)
    const options = { env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1', ...env } }
    execFile('bash', [file, ...args], options, (error, stdout, stderr) => {
      resolve({
        code: typeof error?.code === 'number' ? error.code : error ? -1 : 0,
        stdout,
        stderr,
      })
    })
  })

// Seven commands start, which takes a while where others use the machine too.
const TIMEOUT = { timeout: 180_000 }

test(
  'topics are made once, a message goes through, and what is unwell fails the check',
  TIMEOUT,
  async () => {
    const { DATABASE_URL, KAFKA_BROKERS } = stackUrls()
    const topicPrefix = `test-${randomUUID()}.`
    const env = { DATABASE_URL, KAFKA_BROKERS, TOPIC_PREFIX: topicPrefix, REPLICATION_FACTOR: '1' }
    const home = await mkdtemp(join(tmpdir(), 'coffer-scripts-'))
    await using api = await healthServer({ port: 0, ...behind('accounts', 12) })
    const remembered = { api: api.url, apiKey: 'a key', env, healthUrls: { accounts: api.url } }
    await mkdir(home, { recursive: true })
    await writeFile(join(home, 'running.json'), JSON.stringify(remembered))

    const made = await run('init-kafka-topics', ['--json'], env)
    const [again, tried, well, unwell, started, help] = await Promise.all([
      run('init-kafka-topics', ['--home', home], {}),
      run('test-kafka', ['--json'], env),
      run('health-check', ['--home', home], {}),
      run('health-check', ['--app', `accounts=${api.url}`, '--lag-max', '11', '--json'], env),
      run('start-all-services', ['--home', home], {}),
      run('start-all-services', ['--help'], {}),
    ])
    const names = await withAdmin(KAFKA_BROKERS.split(','), async (admin) => {
      const all = await admin.listTopics()
      const ours = all.filter((name) => name.startsWith(topicPrefix))
      await admin.deleteTopics({ topics: ours })
      return ours.map((name) => name.slice(topicPrefix.length))
    })
    await rm(home, { recursive: true })

    expect(made, made.stderr).toMatchObject({ code: 0 })
    expect(JSON.parse(made.stdout)).toEqual({ topics: TOPICS.map(({ name }) => name) })
    expect(again, again.stderr).toMatchObject({ code: 0 })
    expect(names.toSorted()).toEqual(TOPICS.map(({ name }) => name).toSorted())
    expect(tried, tried.stderr).toMatchObject({ code: 0 })
    expect(JSON.parse(tried.stdout)).toMatchObject({ readMs: expect.any(Number) })
    expect(well, well.stdout).toMatchObject({ code: 0 })
    // On a loaded machine it says that it was slow, too.
    expect(well.stdout).toMatch(/is ready, (slow: \d+ ms, )?accounts is 12 messages behind/)
    expect(unwell).toMatchObject({ code: 6 })
    expect(JSON.parse(unwell.stdout)).toMatchObject([
      { name: 'database', isWell: true },
      { name: 'broker', isWell: true },
      { name: 'accounts', isWell: false },
    ])
    expect(started).toMatchObject({ code: 0, stdout: `It runs already: ${api.url}\n` })
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('--detach') })
  },
)

/** A process that is ready, and whose group has so much to do. */
const behind = (group: string, lag: number) => ({
  live: () => true,
  ready: async () => ({ ready: true, checks: {} }),
  metrics: async () => `coffer_consumer_backlog{group="${group}",process="accounts"} ${lag}\n`,
})

test('the bill of materials has every package of the lock file, with its hash', async () => {
  const lock = JSON.parse(await readFile(join(import.meta.dirname, '../package-lock.json'), 'utf8'))
  const locked = Object.entries<{ version: string; link?: boolean }>(lock.packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && !link)
    .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`)

  const [once = '', again] = await Promise.all([sbom(), sbom()])
  const { bomFormat, metadata, components } = JSON.parse(once)
  const hashed = components.filter((each: Component) => each.hashes?.[0]?.alg === 'SHA-512')

  expect([bomFormat, metadata.component.name]).toEqual(['CycloneDX', 'coffer'])
  expect(new Set(hashed.map((each: Component) => each.purl))).toEqual(
    new Set(locked.map((each) => `pkg:npm/${each.replace(/^@/, '%40')}`)),
  )
  expect(again).toBe(once)
})

type Component = { purl: string; hashes?: { alg: string }[] }

const sbom = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const options = { maxBuffer: 64 * 1_024 * 1_024 }
    const args = [join(import.meta.dirname, 'sbom.ts')]
    execFile(process.execPath, args, options, (error, stdout) => {
      if (error) reject(error)
      else resolve(stdout)
    })
  })
