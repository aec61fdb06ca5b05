// Lists that come in pages.
/** Every page of a list: `for await (const page of pages(listRuns, { client, query: { limit: 50 } }))`. */
export async function* pages(list, options) {
    const { query } = options;
    let cursor = query?.cursor;
    do {
        const { data, response } = await list({ ...options, query: { ...query, cursor } });
        yield data;
        const next = Array.isArray(data)
            ? response.headers.get('x-next-cursor')
            : data.next_cursor;
        cursor = next ?? undefined;
    } while (cursor !== undefined);
}
/** Every row of all pages of a list: `for await (const agent of rows(listAgents, { client }))`. */
export async function* rows(list, options) {
    for await (const page of pages(list, options)) {
        const lists = Array.isArray(page) ? [page] : Object.values(page).filter(Array.isArray);
        if (lists.length !== 1)
            throw new TypeError('This page has several lists: use pages()');
        yield* lists[0];
    }
}
