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
  /** What the stub's array does: `["ready", fn]` calls `ready(fn)`. */
  push(call: [name: string, ...args: any[]]): void;
  /** Tags that have joined, by base address and source. */
  tags: Record<string, (consent: string) => void>;
  /** The last decision made by `consent`, for tags that join later. */
  given?: string;
}

declare global {
  interface Window {
    collector?: any;
  }
  interface Document {
    readonly prerendering?: boolean;
  }
  interface Navigator {
    readonly globalPrivacyControl?: boolean;
  }
}
