import { isIP } from 'node:net'
import { z } from 'zod'

/** 32 bytes as base64 or hex. */
const key = z
  .string()
  .transform((text) => Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64'))
  .refine(
    ({ length }) => length === 32,
    'Expected 32 bytes as base64, such as `openssl rand -base64 32` prints, or as 64 hex digits',
  )

/** An address, or a network by its prefix. */
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const bits = isIP(address) === 4 ? 32 : 128
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
  return isIP(address) > 0 && isPrefix && rest.length === 0
}

const perMinute = z.coerce.number().int().min(0).max(100_000_000)

/** Settings of who may call the API, and how often. */
export const accessSettings = {
  /** What the signing secrets of keys are made with. Without it no requests are signed. */
  REQUEST_SIGNING_KEY: key.optional(),
  /** Most requests a minute with each key of a tenant; 0 is as many as they like. */
  RATE_LIMIT_PER_MINUTE: perMinute.default(6_000),
  /** The same of each key of the platform. */
  RATE_LIMIT_PLATFORM_PER_MINUTE: perMinute.default(0),
  /** The same of each address from which somebody calls without a key. */
  RATE_LIMIT_PUBLIC_PER_MINUTE: perMinute.default(6_000),
  /** Addresses and networks of proxies that say whom they speak for. */
  TRUSTED_PROXIES: z
    .string()
    .transform((text) => text.split(',').map((each) => each.trim()))
    .refine((all) => all.every(isNetwork), 'Expected addresses or networks, such as 10.0.0.0/8')
    .default([]),
}
