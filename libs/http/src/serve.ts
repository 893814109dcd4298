import type { Work } from '@coffer/runtime/run-until-stopped'
import type { Logger } from '@coffer/telemetry/logger'
import type { HttpServer } from './server.ts'

export type ServeOptions = {
  host: string
  /** 0 takes a free one. */
  port: number
  logger: Logger
}

/** Listens until stopped, then answers what has begun and closes. */
export function serve(server: HttpServer, { host, port, logger }: ServeOptions): Work {
  return async (signal) => {
    const url = await server.listen({ host, port })
    logger.info({ url }, 'listening')
    if (!signal.aborted) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    }
    await server.close()
  }
}
