const NAME = 'coffer_session'

/** What of a `Cookie` header is the session. */
export function sessionIn(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  for (const part of header.split(';')) {
    const [name = '', value] = part.split('=')
    // What can't be a session is none, so that nobody's text is looked up.
    if (name.trim() === NAME && /^[0-9a-f]{64}$/.test(value?.trim() ?? '')) return value?.trim()
  }
  return undefined
}

/** Sent to the browser: scripts can't read it, and other sites can't have it sent. */
export function sessionCookie(text: string, options: { maxAge: number; isHttps: boolean }): string {
  const { maxAge, isHttps } = options
  const secure = isHttps ? '; Secure' : ''
  return `${NAME}=${text}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`
}
