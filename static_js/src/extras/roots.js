/**
 * Open shadow roots, where web components keep their forms. Events of forms do not leave their root,
 * so each is listened to, from when a person first does something in it.
 *
 * @module
 */

import { guard, on } from "../errors.js";

/** @type {[types: string, listener: (event: any) => void][]} */
const listeners = [];

/** @type {Set<ShadowRoot>} */
const known = new Set();

/** @param {ShadowRoot} root @param {string} types @param {(event: any) => void} listener */
const add = (root, types, listener) =>
  types.split(" ").forEach((type) => root.addEventListener(type, guard(listener), true));

/**
 * Listens in every root, known already or not.
 *
 * @param {string} types separated by spaces; of events that would not reach the window
 * @param {(event: any) => void} listener
 */
export const inRoots = (types, listener) => {
  listeners.push([types, listener]);
  for (const root of known) add(root, types, listener);
};

/** @type {typeof inRoots} the same, and on the page itself */
export const everywhere = (types, listener) => {
  on(types, listener);
  inRoots(types, listener);
};

/** @returns {(Document | ShadowRoot)[]} where forms can be */
export const places = () => {
  for (const root of known) if (!root.isConnected) known.delete(root);
  return [document, ...known];
};

/** @type {((root: ShadowRoot) => void)[]} */
const meetings = [];

/** @param {(root: ShadowRoot) => void} meet with each root, once */
export const eachRoot = (meet) => {
  meetings.push(meet);
  known.forEach(meet);
};

/** @param {EventTarget[]} path */
const lookAt = (path) => {
  for (const root of path) {
    if (!(root instanceof ShadowRoot) || known.has(root)) continue;
    known.add(root);
    for (const [types, listener] of listeners) add(root, types, listener);
    for (const meet of meetings) meet(root);
  }
};

/** The first focus, which brought this file, has been. */
export const watchRoots = () => {
  on("focusin input click", (event) => lookAt(event.composedPath()));
  let focused = document.activeElement;
  while (focused?.shadowRoot) {
    lookAt([focused.shadowRoot]);
    focused = focused.shadowRoot.activeElement;
  }
};
