/** A bug that somebody could have written, and the tests that have to notice it. */
export type Mutation = {
  /** What is wrong with the code once the bug is in it. */
  name: string
  /** Path from the root of the repository. */
  file: string
  /** What the bug takes the place of; the file says it exactly once. */
  find: string
  replace: string
  /** Paths of the test files of which one has to fail. */
  tests: readonly string[]
}

/** `text` with the bug in it, or what makes it unclear where the bug goes. */
export function mutate(text: string, { name, file, find, replace }: Mutation): string | Error {
  const places = text.split(find).length - 1
  if (places !== 1) {
    return new Error(
      `The mutation "${name}" no longer applies: ${file} says what it replaces ${places} times, ` +
        `expected once. Fit the mutation to the code: ${JSON.stringify(find)}`,
    )
  }
  return text.replace(find, () => replace)
}
