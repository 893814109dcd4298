import type { Routes } from '@coffer/http/server'
import type { PreferenceBook } from './ports.ts'
import { previewPage } from './templates/preview-page.ts'
import type { Stationery } from './templates/write-letter.ts'
import * as wire from './wire.ts'

export type NotificationRoutesOptions = {
  preferences: PreferenceBook
  stationery: Stationery
  /** Whether there is such a user or merchant. */
  isKnown: (id: string, kind: 'user' | 'merchant') => Promise<boolean>
}

/** How people are told, and what that looks like. */
export function notificationRoutes(options: NotificationRoutesOptions): Routes {
  return async (app) => {
    await app.register(preferenceRoutes(options, 'user'))
    await app.register(preferenceRoutes(options, 'merchant'))
    await app.register(previewRoute(options))
  }
}

function preferenceRoutes(
  { preferences, isKnown }: NotificationRoutesOptions,
  kind: 'user' | 'merchant',
): Routes {
  const path = `/v1/${kind}s/:id/notification-preferences`
  const shared = { tags: ['notifications'], params: wire.ownerParams }
  const requireKnown = async (id: string) => {
    if (!(await isKnown(id, kind))) throw new wire.RecipientUnknownError(id, kind)
  }
  return async (app) => {
    app.get(
      path,
      {
        config: { access: 'notifications:read', names: { id: kind } },
        schema: {
          ...shared,
          summary: `How a ${kind} is told`,
          response: { 200: wire.preferences },
        },
      },
      async ({ params: { id } }) => {
        await requireKnown(id)
        return wire.preferencesOnWire(await preferences.read(id))
      },
    )
    app.put(
      path,
      {
        config: { access: 'notifications:write', names: { id: kind } },
        schema: {
          ...shared,
          summary: `Say how a ${kind} is to be told`,
          body: wire.newPreferences,
          response: { 200: wire.preferences },
        },
      },
      async ({ params: { id }, body }) => {
        await requireKnown(id)
        const { email, locale, muted } = body
        await preferences.write(id, {
          email: email ?? undefined,
          locale: locale ?? undefined,
          muted,
        })
        return wire.preferencesOnWire(await preferences.read(id))
      },
    )
  }
}

function previewRoute({ stationery }: NotificationRoutesOptions): Routes {
  return async (app) => {
    app.get(
      '/v1/notifications/preview',
      {
        config: { access: 'public' },
        schema: {
          tags: ['notifications'],
          summary: 'A page of every e-mail in every language, about events that are made up',
        },
      },
      async (_request, reply) => {
        // Letters bring styles of their own and nothing else.
        const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"
        return reply
          .header('content-security-policy', policy)
          .type('text/html; charset=utf-8')
          .send(previewPage(stationery))
      },
    )
  }
}
