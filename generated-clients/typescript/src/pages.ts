// Lists that come in pages.

type List = (options: never) => Promise<{ data?: unknown; response: Response }>;
type Options<L extends List> = Exclude<Parameters<L>[0], undefined>;

/** What a list operation answers. */
export type PageOf<L extends List> = NonNullable<Awaited<ReturnType<L>>['data']>;

/** Type of a page's rows: the page itself is the list, or one of its members is. */
export type RowOf<Page> = Page extends ReadonlyArray<infer Row>
  ? Row
  : { [Name in keyof Page]-?: Page[Name] extends ReadonlyArray<infer Row> ? Row : never }[keyof Page];

/** Every page of a list: `for await (const page of pages(listRuns, { client, query: { limit: 50 } }))`. */
export async function* pages<L extends List>(list: L, options: Options<L>): AsyncGenerator<PageOf<L>, void, void> {
  const { query } = options as { query?: { cursor?: string } };
  let cursor = query?.cursor;
  do {
    const { data, response } = await list({ ...(options as object), query: { ...query, cursor } } as never);
    yield data as PageOf<L>;
    const next = Array.isArray(data)
      ? response.headers.get('x-next-cursor')
      : (data as { next_cursor?: string | null }).next_cursor;
    cursor = next ?? undefined;
  } while (cursor !== undefined);
}

/** Every row of all pages of a list: `for await (const agent of rows(listAgents, { client }))`. */
export async function* rows<L extends List>(
  list: L,
  options: Options<L>,
): AsyncGenerator<RowOf<PageOf<L>>, void, void> {
  for await (const page of pages(list, options)) {
    const lists = Array.isArray(page) ? [page] : Object.values(page).filter(Array.isArray);
    if (lists.length !== 1) throw new TypeError('This page has several lists: use pages()');
    yield* lists[0] as RowOf<PageOf<L>>[];
  }
}
