export interface ServerSentEvent {
    id: string | undefined;
    event: string;
    data: string;
}
/** Collects lines into events. A line ends with LF, CR or CRLF; an event with an empty line. */
export declare class EventParser {
    private text;
    private id;
    private event;
    private data;
    private readonly decoder;
    /** The events that are complete with these bytes. */
    push(bytes: Uint8Array): Generator<ServerSentEvent>;
    private line;
}
/** The events of a body. Throws `silence` when nothing at all arrives for `silentMs`. */
export declare function readEvents(body: ReadableStream<Uint8Array>, silentMs: number): AsyncGenerator<ServerSentEvent, void, void>;
