import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { dockerRun, dockerStart, fetchImage } from '../programs/docker-run.ts'
import { hasDocker, hasJava, hasMaven } from '../programs/find-program.ts'
import { MissingToolError } from '../programs/missing-tool-error.ts'
import {
  fetchKafka,
  KAFKA_VERSION,
  kafkaArguments,
  kafkaFolder,
  newKafkaId,
  newKafkaLog,
} from './kafka-folder.ts'
import { kafkaProperties, propertiesEnvironment, propertiesText } from './kafka-properties.ts'
import type { PartPlan, PlanSurroundings } from './part-plan.ts'
import { proveKafka } from './prove-kafka.ts'

const KAFKA_IMAGE = `apache/kafka:${KAFKA_VERSION}`

/**
 * A cluster of `brokers`, a plan for each: by Java where there is one, else, for a single one, by
 * Docker. Throws {@link MissingToolError}.
 */
export async function planKafka(
  surroundings: PlanSurroundings,
  brokers: number,
): Promise<PartPlan[]> {
  const { cache, run } = surroundings
  const fetched = existsSync(kafkaFolder(cache))
  if ((await hasJava(run)) && (fetched || (await hasMaven(run)))) {
    return withJava(surroundings, brokers)
  }
  // Containers of 127.0.0.1 don't reach each other there.
  if (brokers === 1 && (await hasDocker(run))) return [withDocker(surroundings)]
  throw new MissingToolError(
    `${brokers === 1 ? 'Kafka' : 'Kafka of several brokers'} needs Java 17+ with Maven (java and ` +
      `mvn on PATH)${brokers === 1 ? ', or Docker with its engine running' : ''}, or ` +
      'KAFKA_BROKERS set to a broker that already runs.',
  )
}

async function withJava(surroundings: PlanSurroundings, brokers: number): Promise<PartPlan[]> {
  const { cache, folder } = surroundings
  const clusterId = newKafkaId()
  const ids = Array.from({ length: brokers }, (_, index) => index + 1)
  const fixedPorts = brokers > 1 ? await Promise.all(ids.map(freePort)) : undefined
  let fetching: Promise<void> | undefined
  return ids.map((id) => {
    const name = id === 1 ? 'kafka' : `kafka-${id}`
    const directory = join(folder.dir, name)
    const properties = join(folder.dir, `${name}.properties`)
    return {
      ...shared(() => clusterId),
      name,
      fetch() {
        fetching ??= fetchKafka(surroundings)
        return fetching
      },
      async configure(port) {
        await newKafkaLog(cache, { directory, clusterId, nodeId: id })
        // One alone may choose anew when it is started on another port; the others would not know.
        const controllerPorts = fixedPorts ?? [await freePort()]
        const node = { id, host: '127.0.0.1', port, controllerPorts, directory }
        await writeFile(properties, propertiesText(kafkaProperties(node)))
        const heap = brokers > 1 ? 'oneOfMany' : 'alone'
        const java = kafkaArguments(kafkaFolder(cache), { mainClass: 'kafka.Kafka', heap })
        return { command: 'java', args: [...java, properties] }
      },
    }
  })
}

function withDocker(surroundings: PlanSurroundings): PartPlan {
  const { folder } = surroundings
  const clusterId = newKafkaId()
  return {
    ...shared(() => clusterId),
    fetch: () => fetchImage(surroundings, KAFKA_IMAGE),
    async configure(port) {
      const directory = '/var/lib/kafka/data'
      const controllerPort = port === 9093 ? 9094 : 9093
      const controllerPorts = [controllerPort]
      const node = { id: 1, host: '0.0.0.0', port, controllerPorts, directory }
      const properties = kafkaProperties(node)
      const launch = dockerRun({
        dir: folder.dir,
        name: 'kafka',
        image: KAFKA_IMAGE,
        port,
        environment: {
          ...propertiesEnvironment(properties),
          CLUSTER_ID: clusterId,
          KAFKA_HEAP_OPTS: '-Xms256m -Xmx512m',
        },
      })
      folder.record({ kind: 'container', name: launch.container })
      return launch
    },
    relaunch: dockerStart,
  }
}

const shared = (clusterId: () => string) =>
  ({
    part: 'kafka',
    url: (port: number) => `127.0.0.1:${port}`,
    async prove({ port }: { port: number }) {
      const cluster = await proveKafka(`127.0.0.1:${port}`)
      if (cluster.clusterId !== clusterId()) {
        throw new Error(`Port ${port} is answered by another cluster.`)
      }
      if (!cluster.ports.includes(port)) {
        throw new Error(`The broker on port ${port} has not joined its cluster yet.`)
      }
    },
    gentleSignal: 'SIGTERM',
    lastSignal: 'SIGKILL',
  }) as const
