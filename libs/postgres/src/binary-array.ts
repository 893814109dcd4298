/**
 * Arrays as parameters of a query in PostgreSQL's binary form, which is written and read in a part
 * of the time that their text takes: no value is quoted, and bytes are no hex. Name the type at the
 * parameter: `${textArray(names)}::text[]`.
 * https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES
 */
export function textArray(values: readonly (string | null)[]): Buffer {
  return arrayOf(TYPE.text, values, {
    bytes: (value) => Buffer.byteLength(value),
    write: (value, target, at) => target.write(value, at),
  })
}

/** An array for `bytea[]`, of hex with `0x`. What is not hex, or half a byte, is a RangeError. */
export function bytesArray(values: readonly string[]): Buffer {
  return arrayOf(TYPE.bytea, values, {
    bytes: (value) => (value.length - 2) / 2,
    write(value, target, at) {
      const written = target.write(value.slice(2), at, 'hex')
      if (2 * written !== value.length - 2 || !value.startsWith('0x')) {
        throw new RangeError(`Expected 0x and whole bytes in hex, got ${JSON.stringify(value)}.`)
      }
    },
  })
}

/** An array for `uuid[]`, of UUIDs with or without hyphens. Anything else is a RangeError. */
export function uuidArray(values: readonly (string | null)[]): Buffer {
  return arrayOf(TYPE.uuid, values, {
    bytes: () => UUID_BYTES,
    write(value, target, at) {
      const digits = value.replaceAll('-', '')
      const written = target.write(digits, at, UUID_BYTES, 'hex')
      if (written !== UUID_BYTES || digits.length !== 2 * UUID_BYTES) {
        throw new RangeError(`Expected a UUID, got ${JSON.stringify(value)}.`)
      }
    },
  })
}

/** An array for `bigint[]`. */
export function bigintArray(values: readonly bigint[]): Buffer {
  return arrayOf(TYPE.bigint, values, {
    bytes: () => LONG_BYTES,
    write: (value, target, at) => target.writeBigInt64BE(value, at),
  })
}

/** An array for `timestamptz[]`. */
export function timeArray(values: readonly Date[]): Buffer {
  return arrayOf(TYPE.time, values, {
    bytes: () => LONG_BYTES,
    write: (value, target, at) =>
      target.writeBigInt64BE(BigInt(value.getTime() - EPOCH_MS) * 1_000n, at),
  })
}

/** An array for `jsonb[]`, of JSON. */
export function jsonArray(values: readonly string[]): Buffer {
  return arrayOf(TYPE.jsonb, values, {
    bytes: (value) => 1 + Buffer.byteLength(value),
    write(value, target, at) {
      target.writeUInt8(JSONB_VERSION, at)
      target.write(value, at + 1)
    },
  })
}

/** Types by their numbers in `pg_type`, which never change. */
const TYPE = { bytea: 17, bigint: 20, text: 25, time: 1_184, uuid: 2_950, jsonb: 3_802 } as const

const [INT_BYTES, LONG_BYTES, UUID_BYTES] = [4, 8, 16]
/** Dimensions, whether there are nulls, the type, the length, and the first index. */
const HEAD_INTS = 5
const JSONB_VERSION = 1
/** From when PostgreSQL counts microseconds. */
const EPOCH_MS = Date.UTC(2_000, 0, 1)

type Form<T> = {
  bytes: (value: T) => number
  write: (value: T, target: Buffer, at: number) => void
}

function arrayOf<T>(type: number, values: readonly (T | null)[], form: Form<T>): Buffer {
  const lengths = values.map((value) => (value === null ? -1 : form.bytes(value)))
  const bytes = lengths.reduce((sum, length) => sum + INT_BYTES + Math.max(0, length), 0)
  const array = Buffer.allocUnsafe(HEAD_INTS * INT_BYTES + Math.ceil(bytes))
  let end = 0
  for (const int of [1, values.includes(null) ? 1 : 0, type, values.length, 1]) {
    end = array.writeInt32BE(int, end)
  }
  for (const [index, value] of values.entries()) {
    const length = Math.floor(lengths[index] ?? 0)
    end = array.writeInt32BE(length, end)
    if (value === null) continue
    form.write(value, array, end)
    end += length
  }
  return array
}
