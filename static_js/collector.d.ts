/** What pages may call, and browser features that TypeScript does not know yet. */

/** One campaign contact; the same JSON as everywhere in the collector's API. */
export interface Touch {
  at: string;
  source: string;
  medium: string;
  campaign: string | null;
  term: string | null;
  content: string | null;
  channel: string;
  channel_rule: string;
  parameters: Record<string, string>;
  referrer: string;
  landing_page: string;
  reason: string;
}

export interface Attribution {
  first: Touch;
  last: Touch;
  touches: number;
  ga_client_id?: string;
  ga_session_id?: string;
  fbc?: string;
  fbp?: string;
}

/** The collector's answer to a page view. */
export interface Answer {
  token?: string;
  metadata?: Record<string, string>;
  attribution?: Attribution;
  keep?: boolean;
  reason?: string;
  /** Why nothing was recorded: `consent`, a bot, a prefetch. */
  ignored?: string;
}

/** The collector's answer to a form that it stored. */
export interface Stored {
  ok: true;
  id: string;
  event_id: string;
}

/** The collector's answer to a form that it did not store. */
export interface Refused {
  error?: string;
  code?: string;
  /** What is wrong, by field. */
  errors?: Record<string, string>;
}

/** A call as the stub keeps it until the script has come. */
export type Call =
  | [name: "ready", callback: (answer: Answer) => void]
  | [name: "consent", state: "granted" | "denied"]
  | [name: "submit", from: HTMLFormElement | Record<string, unknown>]
  | [name: "fill", root?: ParentNode];

export interface CollectorApi {
  /** Errors of the script, none of which reached the page. */
  errors: unknown[];
  /** The last answer, or `undefined` while there is none. */
  get(): Answer | undefined;
  /** Calls back with the first answer that recorded something, soon when it is there already. */
  ready(callback: (answer: Answer) => void): Promise<void>;
  /** The visitor's decision; anything but `granted` is a refusal. */
  consent(state: "granted" | "denied"): void;
  /** Sends a form or an object of fields; rejects with the collector's answer when it was not stored. */
  submit(from: HTMLFormElement | Record<string, unknown>): Promise<Stored>;
  /** Fills inputs that ask for marketing values, in the page or in a part of it. */
  fill(root?: ParentNode): Promise<void>;
  /** What the stub's array does: `["ready", fn]` calls `ready(fn)`. */
  push(call: Call): void;
  /** Tags that have joined, by base address and source. */
  tags: Record<string, (consent: string) => void>;
  /** The last decision made by `consent`, for tags that join later. */
  given?: string;
}

/** What stands in the script's place until it has come: an array of calls. */
export type Stub = Call[] & { [name in Exclude<keyof CollectorApi, "push">]?: undefined };

declare global {
  interface Window {
    collector?: CollectorApi | Stub;
  }
  interface Document {
    readonly prerendering?: boolean;
  }
  interface Navigator {
    readonly globalPrivacyControl?: boolean;
  }
}
