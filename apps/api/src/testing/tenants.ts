import { randomUUID } from 'node:crypto'
import type { Answer, TestApi } from './test-api.ts'

type Method = 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT'

/** A caller with a key of its own. */
export type TestCaller = {
  keyId: string
  headers: { authorization: string }
  call(method: Method, url: string, payload?: object): Promise<Answer>
}

/** Calls the API with `headers`, each time under another Idempotency-Key. */
export const calling =
  (api: Pick<TestApi, 'server'>, headers: Readonly<Record<string, string>>) =>
  async (method: Method, url: string, payload?: object): Promise<Answer> => {
    const body = payload === undefined ? {} : { payload }
    const named = { 'idempotency-key': randomUUID(), ...headers }
    const response = await api.server.inject({ method, url, headers: named, ...body })
    const type = String(response.headers['content-type'])
    return { status: response.statusCode, type, body: type.includes('json') ? response.json() : {} }
  }

export async function newTenant(api: TestApi): Promise<string> {
  const { body } = await api.post('/v1/tenants', { name: `tenant ${randomUUID()}` })
  return body.id
}

/** A key of `role`; of the platform without a tenant. */
export async function newCaller(
  api: TestApi,
  { role, tenant, holder = role }: { role: string; tenant?: string; holder?: string },
): Promise<TestCaller> {
  const { body } = await api.post('/v1/keys', { role, holder, ...(tenant ? { tenant } : {}) })
  const headers = { authorization: `Bearer ${body.secret}` }
  return { keyId: body.id, headers, call: calling(api, headers) }
}
