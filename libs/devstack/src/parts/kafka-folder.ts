import { randomBytes } from 'node:crypto'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedFolder } from '../programs/cached-folder.ts'
import { runMaven } from '../programs/maven.ts'
import type { RunProgram } from '../programs/run-program.ts'
import { kafkaProperties, propertiesText } from './kafka-properties.ts'
import type { PlanSurroundings } from './part-plan.ts'

export const KAFKA_VERSION = '4.1.0'

/** What Kafka's own modules don't bring: somewhere for their messages to go. */
const LOGGER = 'org.slf4j:slf4j-simple:1.7.36'

/** The folder in `cache` with Kafka's jars and a formatted, empty log folder. */
export const kafkaFolder = (cache: string): string => join(cache, `kafka-${KAFKA_VERSION}`)

/** Memory of a broker by itself, and of one of several on a machine. */
const HEAP = {
  alone: ['-Xms256m', '-Xmx512m'],
  oneOfMany: ['-Xms128m', '-Xmx384m'],
} as const

/** A local broker seldom lives for long enough to earn back what its best code costs to make. */
const FIRST_COMPILER_ONLY = '-XX:TieredStopAtLevel=1'

export type KafkaArguments = { mainClass: string; heap?: keyof typeof HEAP }

/** Arguments for `java` up to and including the class to run. */
export function kafkaArguments(
  directory: string,
  { mainClass, heap = 'alone' }: KafkaArguments,
): string[] {
  return [
    ...[...HEAP[heap], FIRST_COMPILER_ONLY],
    ...['-XX:+UseSerialGC', '-XX:+ExitOnOutOfMemoryError'],
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-Dorg.slf4j.simpleLogger.showDateTime=true',
    ...['-cp', join(directory, 'lib', '*'), mainClass],
  ]
}

/** Downloads the jars and formats a log folder, once. */
export async function fetchKafka(surroundings: PlanSurroundings): Promise<void> {
  const { cache, run, folder, onDownload } = surroundings
  await cachedFolder(kafkaFolder(cache), async (dir) => {
    folder.record({ kind: 'folder', path: dir })
    onDownload(`Kafka ${KAFKA_VERSION}`)
    await runMaven({
      run,
      dir,
      artifacts: [`org.apache.kafka:kafka_2.13:${KAFKA_VERSION}`, LOGGER],
      goal: 'copy-dependencies',
      settings: ['-DoutputDirectory=lib'],
      bytesAbout: 62_000_000,
      onProgress: onDownload,
      onSpawn: (child) => folder.adopt(child, { name: 'maven' }),
    })
    await format(run, dir)
  })
}

export type NodeIdentity = { clusterId: string; nodeId: number }

/** Copies the formatted log folder to `directory` and makes it that of a node of a cluster. */
export async function newKafkaLog(
  cache: string,
  { directory, ...identity }: NodeIdentity & { directory: string },
): Promise<void> {
  await rm(directory, { recursive: true, force: true })
  await cp(join(kafkaFolder(cache), 'formatted'), directory, { recursive: true })
  const file = join(directory, 'meta.properties')
  const text = await readFile(file, 'utf8')
  await writeFile(file, withIdentity(text, { ...identity, directoryId: newKafkaId() }))
}

/** 16 random bytes as Kafka writes them; a leading hyphen would look like an option. */
export function newKafkaId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? newKafkaId() : id
}

/** `meta.properties` of another node: a cluster refuses a folder that another node has. */
export const withIdentity = (
  text: string,
  { clusterId, nodeId, directoryId }: NodeIdentity & { directoryId: string },
): string =>
  text
    .replace(/^cluster\.id=.*$/m, `cluster.id=${clusterId}`)
    .replace(/^node\.id=.*$/m, `node.id=${nodeId}`)
    .replace(/^directory\.id=.*$/m, `directory.id=${directoryId}`)

/** Takes a JVM a second, which every later stack saves. */
async function format(run: RunProgram, dir: string): Promise<void> {
  const directory = join(dir, 'formatted')
  const file = join(dir, 'format.properties')
  await mkdir(directory)
  const node = { id: 1, host: '127.0.0.1', port: 9092, controllerPorts: [9093], directory }
  await writeFile(file, propertiesText(kafkaProperties(node)))
  const mainClass = 'kafka.tools.StorageTool'
  const args = ['format', '-t', newKafkaId(), '-c', file]
  const result = await run('java', [...kafkaArguments(dir, { mainClass }), ...args])
  if (result === 'missing' || result.code !== 0) {
    const output = result === 'missing' ? 'java is not on PATH' : result.output.trim()
    throw new Error(`Kafka's log folder could not be formatted: ${output}`)
  }
}
