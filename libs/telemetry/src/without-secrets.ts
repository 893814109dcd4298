/** What stands where a secret was. */
const SECRET = '[secret]'

/** Names of fields whose values nobody may read, however they are written. */
const SECRET_NAME =
  /authorization|cookie|api[-_]?key|pass(word|phrase|wd)|private[-_]?key|signing[-_]?key|mnemonic|secret|signature|credential|(access|session|refresh|csrf)[-_]?token|^key$|^seed$|^pin$/i

/** Further down is told as text: whoever logs that much means something else. */
const DEPTH_MAX = 6

const ITEMS_MAX = 100

/**
 * What may be logged of `value`: without secrets, by the names of fields and by the forms in which
 * secrets stand in texts, and with amounts and heights as decimal strings. An error is told with
 * all its causes.
 */
function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return textWithoutSecrets(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEPTH_MAX) return '[deeper]'
  if (value instanceof Error) return errorWithoutSecrets(value, depth)
  if (value instanceof Date) return value
  if (value instanceof URL) return textWithoutSecrets(value.href)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (value instanceof Map) return withoutSecrets(Object.fromEntries(value), depth)
  if (Array.isArray(value) || value instanceof Set) {
    return [...value].slice(0, ITEMS_MAX).map((each) => withoutSecrets(each, depth + 1))
  }
  return fieldsWithoutSecrets(value, depth)
}

/** The same of a record; what it is made of stays a record. */
export function fieldsWithoutSecrets(fields: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      SECRET_NAME.test(name) && isGiven(value) ? SECRET : withoutSecrets(value, depth + 1),
    ]),
  )
}

const isGiven = (value: unknown) => value !== undefined && value !== null && value !== ''

function errorWithoutSecrets(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause, ...facts } = error
  return {
    type: name,
    message: textWithoutSecrets(message),
    ...(stack === undefined ? {} : { stack: textWithoutSecrets(stack) }),
    ...fieldsWithoutSecrets(facts, depth),
    ...(cause === undefined ? {} : { cause: withoutSecrets(cause, depth + 1) }),
  }
}

/** A text in which the forms that our secrets have are blotted out. */
export function textWithoutSecrets(text: string): string {
  return FORMS.reduce((left, [form, into]) => left.replace(form, into), text)
}

const FORMS: readonly (readonly [RegExp, string])[] = [
  // postgres://user:password@host, and any other.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"']+@/gi, `$1${SECRET}@`],
  // What providers of nodes, and webhooks, have in the path of an address.
  [/\b((?:https?|wss?):\/\/[^\s"'<>]*?\/)(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{16,}/gi, `$1${SECRET}`],
  [
    /([?&;](?:api[-_]?key|access[-_]?key|key|token|secret|auth|password|signature)=)[^\s&#"']+/gi,
    `$1${SECRET}`,
  ],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${SECRET}`],
  [/\b(cof_[a-z0-9]+_)[\w-]{6,}/gi, `$1${SECRET}`],
  [/\b(cos_)[0-9a-f]{6,}/g, `$1${SECRET}`],
  [/\b(coffer_)[\w-]{24,}/g, `$1${SECRET}`],
  [/\b(whsec_)[\w+/=-]{6,}/g, `$1${SECRET}`],
  // As they stand in what was to be a setting, a header or JSON.
  [
    /((?:authorization|api[-_]?keys?|pass(?:word|phrase)|private[-_]?key|mnemonic|(?:webhook|sandbox)[-_]?secrets?(?:[-_]key)?)["']?\s*[=:]\s*["']?)(?!\[secret\])(?!Bearer|Basic)[^\s"',;}]{4,}/gi,
    `$1${SECRET}`,
  ],
]
