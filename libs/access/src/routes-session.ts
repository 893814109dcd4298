import { callerOf } from '@coffer/http/caller'
import { sendKeyMissing } from '@coffer/http/key-guard'
import type { Routes } from '@coffer/http/server'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { sessionCookie, sessionIn } from './session-cookie.ts'
import { SESSION_SECONDS, type signIn } from './usecases/sign-in.ts'
import * as wire from './wire.ts'

const tags = ['session']

/** Who is signed in at the console. */
export function sessionRoutes(people: ReturnType<typeof signIn>): Routes {
  return async (app) => {
    app.post(
      '/v1/session',
      {
        config: { access: 'public' },
        schema: {
          tags,
          summary: 'Sign in with a key; a cookie stands for it from then on',
          body: wire.newSession,
          response: { 201: wire.session },
        },
      },
      async (request, reply) => {
        const begun = await people.begin(request.body.apiKey)
        if (begun === undefined) return sendKeyMissing(reply)
        const cookie = { maxAge: SESSION_SECONDS, ...isHttps(request) }
        reply.header('set-cookie', sessionCookie(begun.text, cookie))
        return reply.status(201).send(wire.sessionOnWire(begun))
      },
    )
    app.get(
      '/v1/session',
      {
        config: { access: 'session' },
        schema: { tags, summary: 'Who calls, and what they may', response: { 200: wire.session } },
      },
      async (request) => {
        const text = callerOf(request).isSession ? sessionIn(request.headers.cookie) : undefined
        const found = text === undefined ? undefined : await people.find(text)
        return wire.sessionOnWire(found ?? { caller: callerOf(request), expiresAt: null })
      },
    )
    app.delete(
      '/v1/session',
      {
        config: { access: 'session' },
        schema: { tags, summary: 'Sign out', response: { 204: z.undefined() } },
      },
      async (request, reply) => {
        const text = sessionIn(request.headers.cookie)
        if (text !== undefined) await people.end(text)
        reply.header('set-cookie', sessionCookie('', { maxAge: 0, ...isHttps(request) }))
        return reply.status(204).send()
      },
    )
  }
}

const isHttps = ({ protocol }: FastifyRequest) => ({ isHttps: protocol === 'https' })
