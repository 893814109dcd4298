import type { paths } from '@coffer/client/api'

type Answers<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never

/** What a GET of `Path` answers. */
export type AnswerOf<Path extends keyof paths> = Answers<Path>

/** One of the items of a list. */
export type ItemOf<Path extends keyof paths> =
  Answers<Path> extends { items: readonly (infer Item)[] } ? Item : never
