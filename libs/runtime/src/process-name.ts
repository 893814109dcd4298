import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'

/**
 * Names this process among all that ever ran, and says where it runs: `host:pid:uuid`. The pid of
 * a process in a container is that inside it.
 */
export const processName = (): string => `${hostname()}:${process.pid}:${randomUUID()}`
