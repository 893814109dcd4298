import {
  AFTER_JSON,
  eachField,
  eachItem,
  JsonFormatError,
  type JsonReader,
  keyOf,
  OPEN_LIST,
  OPEN_OBJECT,
  readAnswers,
  skipValue,
} from './json-reader.ts'
import type { BodyReader } from './json-rpc.ts'

/**
 * Reads the results of answers as `JSON.parse` does, but without the fields of objects that are not
 * among `keys`: nothing is made of them. Throws `JsonFormatError`.
 */
export function parseOnly(keys: readonly string[]): BodyReader<unknown> {
  const names = new Map([...keys, 'id', 'result'].map((key) => [keyOf(key), key]))
  const known: Int32Array[] = []

  function readValue(reader: Reader, depth: number): unknown {
    const first = reader.bytes[reader.at]
    if (first === OPEN_OBJECT) return readObject(reader, depth)
    if (first === OPEN_LIST) {
      const items: unknown[] = []
      eachItem(reader, () => items.push(readValue(reader, depth + 1)))
      return items
    }
    const from = reader.at
    skipValue(reader)
    return valueAt(reader, from)
  }

  function readObject(reader: Reader, depth: number): Record<string, unknown> {
    const fields: Record<string, unknown> = {}
    // Objects that are as deep are mostly of one kind.
    known[depth] ??= new Int32Array(FIELDS_MAX)
    eachField(reader, known[depth], (key) => {
      const name = names.get(key)
      if (name === undefined) skipValue(reader)
      else fields[name] = readValue(reader, depth + 1)
    })
    return fields
  }

  return (body, calls) => {
    const reader = { bytes: beforeZeros(body), first: 0, at: 0, end: body.length, table: undefined }
    const results = new Array<unknown>(calls.length).fill(undefined)
    readAnswers(reader, () => {
      const { id, result } = Object(readValue(reader, 0))
      if (typeof id === 'number' && id in results) results[id] = result
    })
    return results.includes(undefined) ? undefined : results
  }
}

type Reader = JsonReader<undefined>

/** More than objects in answers have of fields that are told apart by their order. */
const FIELDS_MAX = 32

const [QUOTE, BACKSLASH, ASCII_END] = [0x22, 0x5c, 0x80]

/** What stands from `from` to where the reader is now: a text, a number or a word. */
function valueAt({ bytes, first, at }: Reader, from: number): unknown {
  if (bytes[from] === QUOTE) {
    let isPlain = true
    for (let place = from; place < at; place++) {
      const byte = bytes[place] ?? 0
      if (byte === BACKSLASH || byte >= ASCII_END) isPlain = false
    }
    if (isPlain) return bytes.toString('latin1', from + 1, at - 1)
  }
  try {
    return JSON.parse(bytes.toString('utf8', from, at))
  } catch {
    throw new JsonFormatError({ bytes, first, at: from })
  }
}

/** Used again and again; what is read of it is copied. */
let memory = Buffer.alloc(65_536)

function beforeZeros(body: Buffer): Buffer {
  const size = body.length + AFTER_JSON
  if (size > memory.length) memory = Buffer.alloc(2 * size)
  body.copy(memory)
  return memory.fill(0, body.length, size)
}
