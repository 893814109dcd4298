/**
 * Asks one question at a time: whoever asks while it is being answered gets the same answer, and
 * `undefined` where it fails. So gauges that are measured together are told of the same moment.
 */
export function askOnce<Answer>(
  question: () => Promise<Answer>,
): () => Promise<Answer | undefined> {
  let asked: Promise<Answer | undefined> | undefined
  return () => {
    asked ??= question()
      .catch(() => undefined)
      .finally(() => {
        asked = undefined
      })
    return asked
  }
}
