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
  newClusterId,
  newKafkaLog,
} from './kafka-folder.ts'
import { kafkaProperties, propertiesEnvironment, propertiesText } from './kafka-properties.ts'
import type { PartPlan, PlanSurroundings } from './part-plan.ts'
import { proveKafka } from './prove-kafka.ts'

const KAFKA_IMAGE = `apache/kafka:${KAFKA_VERSION}`

/** A broker by Java where there is one, else by Docker. Throws {@link MissingToolError}. */
export async function planKafka(surroundings: PlanSurroundings): Promise<PartPlan> {
  const { cache, run } = surroundings
  const fetched = existsSync(kafkaFolder(cache))
  if ((await hasJava(run)) && (fetched || (await hasMaven(run)))) return withJava(surroundings)
  if (await hasDocker(run)) return withDocker(surroundings)
  throw new MissingToolError(
    'Kafka needs Java 17+ with Maven (java and mvn on PATH), or Docker with its engine ' +
      'running, or KAFKA_BROKERS set to a broker that already runs.',
  )
}

function withJava(surroundings: PlanSurroundings): PartPlan {
  const { cache, folder } = surroundings
  const directory = join(folder.dir, 'kafka')
  const properties = join(folder.dir, 'kafka.properties')
  let clusterId: string
  return {
    ...shared(() => clusterId),
    fetch: () => fetchKafka(surroundings),
    async configure(port) {
      clusterId = await newKafkaLog(cache, directory)
      const address = { host: '127.0.0.1', port, controllerPort: await freePort(), directory }
      await writeFile(properties, propertiesText(kafkaProperties(address)))
      const args = [...kafkaArguments(kafkaFolder(cache), 'kafka.Kafka'), properties]
      return { command: 'java', args }
    },
  }
}

function withDocker(surroundings: PlanSurroundings): PartPlan {
  const { folder } = surroundings
  const clusterId = newClusterId()
  return {
    ...shared(() => clusterId),
    fetch: () => fetchImage(surroundings, KAFKA_IMAGE),
    async configure(port) {
      const directory = '/var/lib/kafka/data'
      const controllerPort = port === 9093 ? 9094 : 9093
      const properties = kafkaProperties({ host: '0.0.0.0', port, controllerPort, directory })
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
    },
    gentleSignal: 'SIGTERM',
    lastSignal: 'SIGKILL',
  }) as const
