/**
 * A small stand-in for a browser page, just what the script touches, with the clock in the test's
 * hand. `new Page(...)` runs the built script in a realm of its own; `stand(...)` lends the same
 * globals to a module under test.
 */

import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";

/** `import()` goes through the page, which decides what comes. */
const BUILT = readFileSync(new URL("../../static_js/dist/t.js", import.meta.url), "utf8").replaceAll(
  "import(",
  "importPart(",
);

export const BASE = "https://www.example.com/_lc/";
export const FAR = "https://leads.agency.test/";
export const ANSWER = { token: "signed", metadata: { gclid: "Cj0" }, keep: false, reason: "new touch" };

const copy = (value) => JSON.parse(JSON.stringify(value));

export class FakeElement {
  /** `form` is the one that it is in. */
  constructor(attributes = {}, form = null) {
    this.attributes = attributes;
    this.form = form;
  }

  closest() {
    return this.form;
  }

  getAttribute(name) {
    return this.attributes[name] ?? null;
  }
}

/** Only the prototype's method is the document's own: forms may shadow the rest. */
class FakeDocument {
  querySelector(selector) {
    return this.find(selector);
  }
}

class FakeScript extends FakeElement {
  constructor(src, dataset) {
    super();
    this.src = src;
    this.dataset = dataset;
    this.noModule = false;
  }
}

/** `controls` is name -> `{ type, value }`, and can be iterated, too. */
export class FakeForm extends FakeElement {
  constructor(attributes, controls = {}) {
    super(attributes);
    this.elements = controls;
  }

  get elements() {
    return this.controls;
  }

  set elements(controls) {
    this.controls = Object.defineProperty({ ...controls }, Symbol.iterator, {
      value: () => Object.values(controls)[Symbol.iterator](),
    });
  }

  closest() {
    return this;
  }
}

/** An item is a member, as in a browser; `items` has them all. */
export class FakeStorage {
  constructor(items = {}) {
    this.items = { ...items };
    return new Proxy(this, {
      get: (own, name) => own[name] ?? own.items[name],
      set: (own, name, text) => Reflect.set(own.items, name, text),
      deleteProperty: (own, name) => Reflect.deleteProperty(own.items, name),
    });
  }

  getItem(name) {
    return this.items[name] ?? null;
  }

  setItem(name, text) {
    this.items[name] = text;
  }

  removeItem(name) {
    delete this.items[name];
  }
}

export class Page {
  /**
   * @param {object} given
   * @param {string} given.url, given.referrer, given.cookie of the page
   * @param {boolean} given.loaded has its load event been?
   * @param {string} given.performance the address that the page was loaded from
   * @param {string} given.base where the collector is
   * @param {object} given.options the tag's `data-` attributes
   * @param {object} given.window members of the window that differ
   * @param {Function} given.reply what the collector answers: request -> {status, json} or a promise
   * @param {Function} given.start what the file with the rest exports; without it, the file never comes
   */
  constructor({ url = "https://www.example.com/", reply = () => ({}), ...given } = {}) {
    this.now = Date.parse("2026-11-24T02:15:00Z");
    this.requests = [];
    this.reply = reply;
    this.listeners = {};
    this.tasks = [];
    this.loaded = given.loaded === false ? 0 : 1000;
    this.parts = [];
    this.start = given.start;
    this.said = [];
    this.tab = new FakeStorage(given.tab);
    this.kept = new FakeStorage(given.kept);
    this.window = this.#globals(url, given);
    this.realm = createContext(this.window);
    if (given.load !== false) this.runTag(`${given.base ?? BASE}t.js`, given.options);
  }

  #globals(url, { referrer = "", cookie = "", performance = url, window = {}, document = {} }) {
    const page = this;
    const go = (_state, _title, to) => (this.window.location = this.#locate(to));
    const globals = {
      URL, URLSearchParams, crypto, setTimeout, setInterval: (task, _ms, ...args) => this.tasks.push(() => task(...args)), FormData: this.#formData(),
      Document: FakeDocument, HTMLScriptElement: FakeScript, HTMLFormElement: FakeForm,
      Date: class extends Date { static now() { return page.now; } },
      console: { debug: (error) => this.said.push(error) },
      document: { referrer, cookie, baseURI: url, currentScript: null, find: () => null, ...document },
      location: new URL(url),
      history: { pushState: go, replaceState: go },
      navigator: {},
      performance: { getEntriesByType: () => [{ name: performance, loadEventStart: this.loaded }] },
      importPart: (address) => this.#importPart(address),
      localStorage: this.kept,
      sessionStorage: this.tab,
      addEventListener: (type, listener) => void (this.listeners[type] ??= []).push(listener),
      fetch: (to, options) => this.#fetch(to, options),
      ...window,
    };
    return Object.assign(globals, { window: globals, top: window.top ?? globals });
  }

  #locate(to) {
    return new URL(to, this.window.location);
  }

  #formData() {
    const page = this;
    return class extends FormData {
      constructor(form) {
        super();
        if (!form) return;
        for (const [name, { value }] of Object.entries(form.elements)) this.append(name, value);
        page.fire("formdata", { target: form, formData: this });
      }
    };
  }

  #importPart(address) {
    this.parts.push(address);
    return this.start ? Promise.resolve({ start: this.start }) : new Promise(() => {});
  }

  async #fetch(url, { body, ...options }) {
    const request = { url, body: typeof body === "string" ? JSON.parse(body) : body, options: copy(options) };
    this.requests.push(request);
    const { status = 200, json = ANSWER } = await this.reply(request);
    return { status, ok: status < 300, json: async () => copy(json) };
  }

  /** Runs the script as a tag of the page. */
  runTag(src, options = { source: "capture-1" }) {
    this.window.document.currentScript = new FakeScript(src, options);
    runInContext(BUILT, this.realm);
    this.window.document.currentScript = null;
  }

  fire(type, event = {}) {
    const { target = new FakeElement() } = event;
    for (const listener of this.listeners[type] ?? []) listener({ type, composedPath: () => [target], ...event, target });
  }

  /** The page has loaded. */
  arrive() {
    this.loaded = 1000;
    this.fire("load");
  }

  /** A second passes. */
  tick() {
    for (const task of this.tasks) task();
  }

  navigate(to) {
    this.window.history.pushState({}, "", to);
  }

  /** Submits as a browser does; answers what would be posted. */
  submit(form, submitter = null) {
    this.fire("submit", { target: form, submitter });
    return Object.fromEntries(new this.window.FormData(form));
  }

  /** Until every promise under way has had its turn. */
  async quiet() {
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  }

  get views() {
    return this.requests.filter(({ url }) => url.endsWith("/t")).map(({ body }) => body);
  }

  get collector() {
    return this.window.collector;
  }

  get errors() {
    return Array.from(this.collector.errors, String);
  }
}

/** Lends a page's globals to modules that are imported afterwards. */
export const stand = (given = {}) => {
  const page = new Page({ ...given, load: false });
  for (const name of Object.keys(page.window))
    if (!["URL", "URLSearchParams", "crypto", "setTimeout", "Date", "console", "performance"].includes(name))
      Object.defineProperty(globalThis, name, { value: page.window[name], configurable: true, writable: true });
  return page;
};
