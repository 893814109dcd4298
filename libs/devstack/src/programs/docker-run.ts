import { basename } from 'node:path'
import type { Launch, PlanSurroundings } from '../parts/part-plan.ts'
import { DownloadError } from './download-error.ts'

export type ContainerOptions = {
  /** The stack's folder, whose name sets its containers apart. */
  dir: string
  name: string
  image: string
  /** The port inside, which is the port outside too. */
  port: number
  environment?: Readonly<Record<string, string>>
  command?: readonly string[]
}

/**
 * Runs `image` in the foreground, reachable on 127.0.0.1 alone. Without `--rm`, so that its
 * data is still there when it is started again; the stack removes it in the end.
 */
export function dockerRun(options: ContainerOptions): Launch & { container: string } {
  const { dir, name, image, port, environment = {}, command = [] } = options
  const container = `coffer-${basename(dir)}-${name}-${port}`
  const variables = Object.entries(environment).flatMap(([key, value]) => ['-e', `${key}=${value}`])
  return {
    command: 'docker',
    args: [
      ...['run', '--name', container, '--publish', `127.0.0.1:${port}:${port}`],
      ...variables,
      image,
      ...command,
    ],
    container,
  }
}

/** Pulls `image` where it isn't there yet. Throws {@link DownloadError}. */
export async function fetchImage(
  { run, folder, onDownload }: PlanSurroundings,
  image: string,
): Promise<void> {
  const found = await run('docker', ['image', 'inspect', image])
  if (found !== 'missing' && found.code === 0) return
  onDownload(image)
  const onSpawn = (child: { pid?: number | undefined }) => folder.adopt(child, { name: 'docker' })
  const pulled = await run('docker', ['pull', '--quiet', image], { onSpawn })
  if (pulled !== 'missing' && pulled.code === 0) return
  const output = pulled === 'missing' ? 'docker is not on PATH' : pulled.output
  throw new DownloadError({ what: image, by: 'Docker', output })
}

/** Starts the container of `launch` again, with the data it had. */
export const dockerStart = (launch: Launch): Launch =>
  launch.container === undefined
    ? launch
    : { ...launch, args: ['start', '--attach', launch.container] }

/** What the Docker client has to be asked so that a container gets `signal`. */
export function dockerSignal(container: string, signal: NodeJS.Signals): string[] {
  if (signal === 'SIGSTOP') return ['pause', container]
  if (signal === 'SIGCONT') return ['unpause', container]
  return ['kill', '--signal', signal, container]
}
