/**
 * The answers to statements of one transaction that were sent at once, none of which needs the
 * answer of another: together they take one round trip. They are run in the order in which they
 * were sent. Throws what the first of those that failed throws: the others failed because of it.
 */
export async function sentTogether<const Statements extends readonly PromiseLike<unknown>[]>(
  statements: Statements,
): Promise<{ -readonly [Place in keyof Statements]: Awaited<Statements[Place]> }> {
  const sent: readonly PromiseLike<unknown>[] = statements
  const answers = await Promise.allSettled(sent)
  const failed = answers.find((answer) => answer.status === 'rejected')
  if (failed) throw failed.reason
  return answers.map((answer) => (answer as PromiseFulfilledResult<unknown>).value) as never
}
