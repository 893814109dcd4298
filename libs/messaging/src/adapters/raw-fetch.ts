import {
  type ConnectionPool,
  type Consumer,
  createAPI,
  fetchV17,
  type Reader,
  ResponseError,
} from '@platformatic/kafka'
import type { FetchRequest } from './platformatic-fetch.ts'

/** What a fetch brought, its records as the broker stores them. */
export type RawFetchResponse = {
  responses: {
    topicId: string
    partitions: { partitionIndex: number; errorCode: number; bytes: Buffer }[]
  }[]
}

type Request = Parameters<typeof fetchV17.createRequest>

/**
 * Fetches as the client does, but for one thing: it leaves the records as bytes. To make objects of
 * them takes longer than all else that is done with them.
 */
export const rawFetch =
  (client: Pick<Consumer, 'metadata'>, pool: ConnectionPool) =>
  async ({ node, topics, minBytes, maxBytes, maxWaitTime }: FetchRequest) => {
    const { brokers } = await client.metadata({ topics: [] })
    const broker = brokers.get(node)
    if (broker === undefined) throw new Error(`the cluster tells of no broker ${node}`)
    const connection = await pool.get(broker)
    return await api.async(
      connection,
      maxWaitTime,
      minBytes,
      maxBytes,
      READ_UNCOMMITTED,
      NO_SESSION,
      FINAL_EPOCH,
      topics,
      [],
      '',
    )
  }

const READ_UNCOMMITTED = 0
const NO_SESSION = 0
const FINAL_EPOCH = -1

const [FETCH, VERSION] = [1, 17]

// https://kafka.apache.org/protocol#The_Messages_Fetch
const api = createAPI<Request, RawFetchResponse>(
  FETCH,
  VERSION,
  fetchV17.createRequest,
  (_, apiKey, apiVersion, reader) => {
    const errors: [string, [number, null]][] = []
    reader.skip(THROTTLE_BYTES)
    const errorCode = reader.readInt16()
    if (errorCode !== 0) errors.push(['', [errorCode, null]])
    reader.skip(SESSION_BYTES)
    const responses = reader.readArray((each, topic) => ({
      topicId: each.readUUID(),
      partitions: each.readArray((one, partition) => {
        const read = readPartition(one)
        const place = `/responses/${topic}/partitions/${partition}`
        if (read.errorCode !== 0) errors.push([place, [read.errorCode, null]])
        return read
      }),
    }))
    if (errors.length === 0) return { responses }
    throw new ResponseError(apiKey, apiVersion, Object.fromEntries(errors), { responses })
  },
)

const THROTTLE_BYTES = 4
const SESSION_BYTES = 4
/** The high watermark, the last stable offset and where the log begins. */
const OFFSETS_BYTES = 24
const ABORTED_BYTES = 16
const REPLICA_BYTES = 4

function readPartition(reader: Reader) {
  const partitionIndex = reader.readInt32()
  const errorCode = reader.readInt16()
  reader.skip(OFFSETS_BYTES)
  reader.readNullableArray((each) => each.skip(ABORTED_BYTES))
  reader.skip(REPLICA_BYTES)
  const bytes = reader.readNullableBytes() ?? Buffer.alloc(0)
  return { partitionIndex, errorCode, bytes }
}
