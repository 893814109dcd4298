import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

/** The API key of Produce: https://kafka.apache.org/protocol#protocol_api_keys */
const PRODUCE = 0

/** The first version of Produce with lengths in as few bytes as they need. */
const FLEXIBLE = 9

const BRACE = 0x7b

type Address = { host: string; port: number }

/** Stands between a client and a Kafka broker, reads what the client asks, and can lose answers. */
export type LossyProxy = AsyncDisposable & {
  /** Connects to the broker through the proxy. */
  openSocket(address: Address): Socket
  /** Where a client has to connect that does so by itself, to the one broker there is. */
  reach(address: Address): Address
  /** Cuts the connection instead of passing on the next answer to a Produce request. */
  loseNextAck(): void
  acksLost(): number
  /** `acks` of every Produce request that passed. */
  acksAskedFor: number[]
}

/** Opens a proxy on a free port. */
export async function lossyProxy(): Promise<LossyProxy> {
  const acksAskedFor: number[] = []
  let losesNext = false
  let lost = 0
  let onlyBroker: Address | undefined

  const serve = (client: Socket, first: Buffer) => {
    // A client through `openSocket` says where it wants to go in its first line.
    const lineEnd = first[0] === BRACE ? first.indexOf('\n') : -1
    const address = lineEnd < 0 ? onlyBroker : JSON.parse(first.subarray(0, lineEnd).toString())
    const broker = connect({ ...address, noDelay: true })
    let losesThis = false
    const readRequest = (request: Buffer) => {
      if (request.readInt16BE(0) !== PRODUCE) return
      acksAskedFor.push(readAcks(request))
      losesThis = losesNext
      losesNext = false
    }
    const requests = frames(readRequest)
    client.on('data', (bytes: Buffer) => {
      requests(bytes)
      broker.write(bytes)
    })
    requests(first.subarray(lineEnd + 1))
    broker.write(first.subarray(lineEnd + 1))
    broker.on('data', (bytes) => {
      if (!losesThis) return client.write(bytes)
      lost += 1
      client.destroy()
      broker.destroy()
    })
    client.on('close', () => broker.destroy()).on('error', () => broker.destroy())
    broker.on('close', () => client.destroy()).on('error', () => client.destroy())
  }
  const server = createServer((client) => {
    client.once('data', (first: Buffer) => serve(client, first))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    acksAskedFor,
    acksLost: () => lost,
    loseNextAck: () => {
      losesNext = true
    },
    reach(address) {
      onlyBroker = address
      return { host: '127.0.0.1', port }
    },
    openSocket(address) {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true })
      socket.write(`${JSON.stringify(address)}\n`)
      return socket
    },
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

/** Cuts a stream of bytes into Kafka's frames: four bytes of length, then so many bytes. */
function frames(onFrame: (frame: Buffer) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0)
  return (bytes) => {
    rest = Buffer.concat([rest, bytes])
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0)
      onFrame(rest.subarray(4, end))
      rest = rest.subarray(end)
    }
  }
}

/** Reads past the header (API, version, correlation, client id) and the transactional id. */
function readAcks(request: Buffer): number {
  const clientIdLength = Math.max(0, request.readInt16BE(8))
  const transactionalIdAt = 10 + clientIdLength
  if (request.readInt16BE(2) < FLEXIBLE) {
    const transactionalIdLength = Math.max(0, request.readInt16BE(transactionalIdAt))
    return request.readInt16BE(transactionalIdAt + 2 + transactionalIdLength)
  }
  // No tagged fields end the header, and the length is one more than it says, in one byte.
  const transactionalIdLength = Math.max(0, request.readUInt8(transactionalIdAt + 1) - 1)
  return request.readInt16BE(transactionalIdAt + 2 + transactionalIdLength)
}
