import { chmod, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedFolder } from '../programs/cached-folder.ts'
import { runMaven } from '../programs/maven.ts'
import type { PlanSurroundings } from './part-plan.ts'

const ARTIFACT = 'com.github.codemonstur:embedded-redis:1.4.3'

/** The folder in `cache` with the artifact's programs for every platform. */
export const redisFolder = (cache: string): string => join(cache, 'embedded-redis-1.4.3')

/** Takes the programs out of the Maven artifact, once. */
export async function fetchRedis(surroundings: PlanSurroundings): Promise<void> {
  const { cache, run, folder, onDownload } = surroundings
  await cachedFolder(redisFolder(cache), async (dir) => {
    folder.record({ kind: 'folder', path: dir })
    onDownload(ARTIFACT)
    await runMaven({
      run,
      dir,
      artifacts: [ARTIFACT],
      goal: 'unpack-dependencies',
      settings: [
        '-DincludeArtifactIds=embedded-redis',
        '-Dmdep.unpack.includes=redis-server-*',
        '-DoutputDirectory=bin',
      ],
      bytesAbout: 31_000_000,
      onProgress: onDownload,
      onSpawn: (child) => folder.adopt(child, { name: 'maven' }),
    })
  })
}

/** The program for this platform, ready to run. */
export async function redisBinary(cache: string): Promise<string> {
  const bin = join(redisFolder(cache), 'bin')
  const name = redisProgram(await readdir(bin), process)
  if (name === undefined) {
    throw new Error(`${ARTIFACT} holds no program for ${process.platform} ${process.arch}.`)
  }
  await chmod(join(bin, name), 0o755)
  return join(bin, name)
}

/** Whether the artifact is of use on this platform at all. */
export const hasRedisProgram = ({ platform, arch }: Machine): boolean =>
  ['linux', 'darwin'].includes(platform) && ['x64', 'arm64'].includes(arch)

/** The one of `names` for this machine, such as `redis-server-6.2.7-linux-arm64`. */
export function redisProgram(
  names: readonly string[],
  { platform, arch }: Machine,
): string | undefined {
  const end = `-${platform}-${arch === 'x64' ? 'amd64' : arch}`
  return names.find((name) => name.startsWith('redis-server-') && name.endsWith(end))
}

type Machine = { platform: string; arch: string }
