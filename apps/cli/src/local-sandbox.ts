import { randomBytes } from 'node:crypto'

/** Settings for a sandbox of our own at `port`; none where one runs elsewhere. */
export function localSandbox(
  env: Readonly<Record<string, string | undefined>>,
  { port, apiUrl }: { port: number | undefined; apiUrl: string },
): Record<string, string> {
  if (env['SANDBOX_URL']) return {}
  return {
    SANDBOX_URL: `http://127.0.0.1:${port}`,
    SANDBOX_KEY: randomBytes(24).toString('base64url'),
    SANDBOX_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
    SANDBOX_CALLBACK_URL: `${apiUrl}/v1/channels/sandbox/callbacks`,
  }
}
