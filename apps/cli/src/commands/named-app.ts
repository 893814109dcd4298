import { InvalidArgumentError } from 'commander'

/** Processes by name, and where the health of each is served. */
export type NamedApps = Readonly<Record<string, string>>

/** Reads `name=url`, and adds it to what was read before. */
export function namedApp(text: string, before: NamedApps): NamedApps {
  const [, name = '', url = ''] = /^([\w-]+)=(https?:\/\/.+)$/.exec(text) ?? []
  if (!URL.canParse(url)) {
    throw new InvalidArgumentError('Expected name=url, such as accounts=http://127.0.0.1:4002.')
  }
  return { ...before, [name]: url }
}
