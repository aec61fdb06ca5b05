type List = (options: never) => Promise<{
    data?: unknown;
    response: Response;
}>;
type Options<L extends List> = Exclude<Parameters<L>[0], undefined>;
/** What a list operation answers. */
export type PageOf<L extends List> = NonNullable<Awaited<ReturnType<L>>['data']>;
/** Type of a page's rows: the page itself is the list, or one of its members is. */
export type RowOf<Page> = Page extends ReadonlyArray<infer Row> ? Row : {
    [Name in keyof Page]-?: Page[Name] extends ReadonlyArray<infer Row> ? Row : never;
}[keyof Page];
/** Every page of a list: `for await (const page of pages(listRuns, { client, query: { limit: 50 } }))`. */
export declare function pages<L extends List>(list: L, options: Options<L>): AsyncGenerator<PageOf<L>, void, void>;
/** Every row of all pages of a list: `for await (const agent of rows(listAgents, { client }))`. */
export declare function rows<L extends List>(list: L, options: Options<L>): AsyncGenerator<RowOf<PageOf<L>>, void, void>;
export {};
