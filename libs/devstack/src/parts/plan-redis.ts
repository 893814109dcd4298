import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { dockerRun, dockerStart, fetchImage } from '../programs/docker-run.ts'
import { firstProgram, hasDocker, hasJava, hasMaven } from '../programs/find-program.ts'
import { MissingToolError } from '../programs/missing-tool-error.ts'
import type { PartPlan, PlanSurroundings } from './part-plan.ts'
import { proveRedis } from './prove-redis.ts'
import { fetchRedis, hasRedisProgram, redisBinary, redisFolder } from './redis-binary.ts'

const REDIS_IMAGE = 'redis:8.2.1-alpine'

/** BullMQ's queues must survive a restart, and none may be dropped for want of memory. */
const redisArguments = (port: number): string[] => [
  ...['--port', String(port), '--save', '', '--appendonly', 'yes'],
  ...['--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction'],
]

/**
 * A Redis: the one on PATH, one fetched before, one by Docker, or one fetched by Maven now.
 * Throws {@link MissingToolError}.
 */
export async function planRedis(surroundings: PlanSurroundings): Promise<PartPlan> {
  const { cache, run } = surroundings
  const program = await firstProgram(run, ['redis-server', 'valkey-server'])
  if (program !== undefined) return withProgram(surroundings, async () => program)
  const fetched = existsSync(redisFolder(cache))
  if (!fetched && (await hasDocker(run))) return withDocker(surroundings)
  const canFetch = hasRedisProgram(process) && (await hasJava(run)) && (await hasMaven(run))
  if (fetched || canFetch) {
    return withProgram(surroundings, async () => {
      await fetchRedis(surroundings)
      return redisBinary(cache)
    })
  }
  throw new MissingToolError(
    'Redis needs redis-server or valkey-server on PATH, or Docker with its engine running, ' +
      'or Java 17+ with Maven (which fetch a redis-server), or REDIS_URL set to one that runs.',
  )
}

function withProgram({ folder }: PlanSurroundings, findProgram: () => Promise<string>): PartPlan {
  const directory = join(folder.dir, 'redis')
  let command: string
  return {
    ...shared,
    async fetch() {
      command = await findProgram()
    },
    async configure(port) {
      await mkdir(directory, { recursive: true })
      const args = [...redisArguments(port), '--bind', '127.0.0.1', '--dir', directory]
      return { command, args }
    },
    async prove({ port, pid }) {
      const server = await proveRedis(url(port))
      if (server.pid !== pid) throw new Error(`Port ${port} is answered by another server.`)
    },
  }
}

function withDocker(surroundings: PlanSurroundings): PartPlan {
  const { folder } = surroundings
  return {
    ...shared,
    fetch: () => fetchImage(surroundings, REDIS_IMAGE),
    async configure(port) {
      const command = ['redis-server', ...redisArguments(port), '--bind', '0.0.0.0']
      const { dir } = folder
      const launch = dockerRun({ dir, name: 'redis', image: REDIS_IMAGE, port, command })
      folder.record({ kind: 'container', name: launch.container })
      return launch
    },
    relaunch: dockerStart,
    async prove({ port }) {
      await proveRedis(url(port))
    },
  }
}

const url = (port: number) => `redis://127.0.0.1:${port}`

const shared = { part: 'redis', url, gentleSignal: 'SIGTERM', lastSignal: 'SIGKILL' } as const
