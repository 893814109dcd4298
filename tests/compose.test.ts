import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chainConfigs } from '@coffer/evm/chain-config'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import root from '../package.json' with { type: 'json' }

/** Goal: what nobody can start on every machine can still be wrong in few ways. */

const read = (name: string) => readFileSync(join(import.meta.dirname, '..', name), 'utf8')

type Service = {
  image: string
  restart: string
  command?: string[]
  environment?: Record<string, string>
  ports?: string[]
  volumes?: string[]
  healthcheck?: { test: string[] }
  depends_on?: Record<string, { condition: string }>
}

const compose: { services: Record<string, Service>; volumes: Record<string, null> } = parse(
  read('docker-compose.yml'),
  { merge: true },
)
const services = Object.entries(compose.services)
const dockerfile = read('Dockerfile')

/** A version of at least two numbers, such as `18.4-bookworm`; `latest` or `18` will move. */
const PINNED = /:v?\d+\.\d+[\w.-]*$/

test('the parts and every process are there', () => {
  expect(Object.keys(compose.services)).toEqual(
    expect.arrayContaining(['postgres', 'kafka', 'redis', 'anvil', 'scanner', 'accounts', 'api']),
  )
})

test.each(services)('%s waits only for what can say that it is ready', (_, service) => {
  const problems = Object.entries(service.depends_on ?? {}).filter(([name, { condition }]) => {
    const other = compose.services[name]
    if (condition === 'service_healthy') return other?.healthcheck === undefined
    return condition !== 'service_completed_successfully' || other?.restart !== 'no'
  })
  expect(problems).toEqual([])
})

test.each(services)('%s publishes ports on 127.0.0.1 alone', (_, { ports = [] }) => {
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
})

test.each(services)('%s runs an image of a fixed version', (_, { image }) => {
  expect(image).toMatch(PINNED)
})

test.each(services)('%s says what happens when it ends', (_, { restart }) => {
  expect(['no', 'unless-stopped']).toContain(restart)
})

test.each(services)('%s keeps its data in a volume that is declared', (_, { volumes = [] }) => {
  const sources = volumes.map((volume) => volume.split(':'))
  const names = sources.map(([name = '']) => name).filter((name) => !name.startsWith('./'))
  expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(names))
})

test.each(services)(
  '%s reads files of ours that are there, and changes none',
  (_, { volumes = [] }) => {
    const files = volumes.filter((volume) => volume.startsWith('./')).map((each) => each.split(':'))
    expect(
      files.filter(([path = '']) => !existsSync(join(import.meta.dirname, '..', path))),
    ).toEqual([])
    expect(files.filter(([, , mode]) => mode !== 'ro')).toEqual([])
  },
)

test('whatever runs on is watched by a health check', () => {
  const unwatched = services.filter(([, { restart, healthcheck }]) => {
    return restart !== 'no' && healthcheck === undefined
  })
  expect(unwatched.map(([name]) => name)).toEqual([])
})

test('the one broker never waits for a second', () => {
  const settings = Object.entries(compose.services.kafka?.environment ?? {})
  const copies = settings.filter(([name]) => /REPLICATION_FACTOR|MIN_ISR|MIN_INSYNC/.test(name))
  expect(copies.length).toBeGreaterThan(5)
  expect(copies.filter(([, value]) => value !== '1')).toEqual([])
})

test.each(['scanner', 'api'])('%s finds coin that contracts pay out', async (name) => {
  const { native, traceMethod } =
    (await chainConfigs(compose.services[name]?.environment ?? {}))[0] ?? {}

  expect({ native, traceMethod }).toEqual({ native: 'traces', traceMethod: 'trace_block' })
})

test('Redis keeps what it acknowledged and drops nothing for want of memory', () => {
  const command = compose.services.redis?.command?.join(' ')
  expect(command).toContain('--appendonly yes')
  expect(command).toContain('--maxmemory-policy noeviction')
})

test('every stage of our image is the Node that the project is developed on', () => {
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)
  const node = `node:${root.devDependencies.node}-bookworm-slim`
  expect(bases).toEqual([node, node, node, node])
})

test('our image does not run as root', () => {
  expect(dockerfile.match(/^USER .*$/gm)?.at(-1)).toBe('USER node')
})

test('each process connects as its own role of the database', () => {
  const connecting = services.filter(([, { environment, command }]) => {
    return environment?.['DATABASE_URL'] && command?.[0] !== 'apps/cli/src/main.ts'
  })
  const roles = connecting.map(([name, { environment }]) => [name, environment?.['PGOPTIONS']])

  expect(roles.length).toBeGreaterThan(5)
  expect(roles).toEqual(connecting.map(([name]) => [name, `-c role=coffer_${name}`]))
})
