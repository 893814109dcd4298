import type { Caller } from '@coffer/http/caller'
import { digestOf, newSessionText } from '../key-text.ts'
import type { Sessions } from '../ports.ts'
import type { Authenticate } from './authenticate.ts'

export type SignInOptions = {
  authenticate: Authenticate
  sessions: Sessions
  now: () => Date
}

/** A working day, and a half. */
export const SESSION_SECONDS = 12 * 3_600

export type SignedIn = { caller: Caller; expiresAt: Date }

/** Sessions of people at the console, each bound to the key that it began with. */
export function signIn({ authenticate, sessions, now }: SignInOptions) {
  return {
    /** What the browser is to send from now on; undefined of a key that is not accepted. */
    async begin(apiKey: string): Promise<(SignedIn & { text: string }) | undefined> {
      const caller = await authenticate.byKey(apiKey)
      if (caller === undefined) return undefined
      const text = newSessionText()
      const expiresAt = new Date(now().getTime() + SESSION_SECONDS * 1_000)
      await sessions.begin(digestOf(text), { keyId: caller.keyId, expiresAt })
      return { text, caller: { ...caller, isSession: true }, expiresAt }
    },
    async find(text: string): Promise<SignedIn | undefined> {
      const session = await sessions.find(digestOf(text))
      const caller = session && (await authenticate.bySession(session.keyId))
      return caller && { caller: { ...caller, isSession: true }, expiresAt: session.expiresAt }
    },
    end: (text: string): Promise<void> => sessions.end(digestOf(text)),
  }
}
