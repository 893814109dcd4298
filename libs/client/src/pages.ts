/** One page of a list: `nextCursor` is null on the last. */
export type Page<Item> = { items: readonly Item[]; nextCursor: string | null }

/**
 * Every item of a list, page by page, each page asked for when the one before is used up.
 *
 *     for await (const deposit of itemsOf((cursor) => read(cursor))) …
 */
export async function* itemsOf<Item>(
  read: (cursor: { cursor?: string }) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, void> {
  let cursor: { cursor?: string } = {}
  for (;;) {
    const { items, nextCursor } = await read(cursor)
    yield* items
    if (nextCursor === null) return
    cursor = { cursor: nextCursor }
  }
}
