import { connect, type Socket } from 'node:net'

export type RawAnswer = { status: number; body: string }

/**
 * A connection over which whole HTTP/1.1 requests are asked, one at a time, as bytes that are
 * written out: it costs the machine that is measured a part of what a client does that knows all
 * of HTTP. It reads answers that tell their length, as all of the API's own do.
 */
export type RawClient = {
  /** Throws when the connection ends first. */
  ask(request: string): Promise<RawAnswer>
  close(): void
}

type Asker = { resolve: (answer: RawAnswer) => void; reject: (error: Error) => void }

/** Opens a connection to the server at `url`. */
export function rawClient(url: string): RawClient {
  const { hostname, port } = new URL(url)
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true })
  let asker: Asker | undefined
  let text = ''

  const settle = (act: (asker: Asker) => void) => {
    const settled = asker
    asker = undefined
    if (settled) act(settled)
  }
  // One character a byte: lengths are of bytes.
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    text = text === '' ? chunk : text + chunk
    const answer = answerIn(text)
    if (answer === undefined) return
    text = ''
    settle(({ resolve }) => resolve(answer))
  })
  const fail = (error: Error) => settle(({ reject }) => reject(error))
  socket.on('error', fail)
  socket.on('close', () => fail(new Error(`The server at ${url} closed a connection.`)))

  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        asker = { resolve, reject }
        socket.write(request, 'latin1')
      }),
    close: () => void socket.destroy(),
  }
}

/** Where the status stands after `HTTP/1.1 `. */
const [STATUS, STATUS_END] = [9, 12] as const

/** The answer that `text` holds, once it is whole. */
function answerIn(text: string): RawAnswer | undefined {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return undefined
  const start = head + 4
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1]
  if (length === undefined) throw new Error(`Expected an answer with its length, got ${text}`)
  if (text.length < start + Number(length)) return undefined
  return { status: Number(text.slice(STATUS, STATUS_END)), body: text.slice(start) }
}
