/** Parts of a page that follow what arrives: `data-live` names the stream, the page itself the rest. */

/**
 * Reads the page anew; as a document, since pages make no markup of texts.
 *
 * @param {string} address
 * @returns {Promise<Document | null>}
 */
export const readPage = (address) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.onloadend = () =>
      resolve(request.status === 200 ? /** @type {Document | null} */ (request.response) : null);
    request.send();
  });

/** Nothing moves under a pointer or a focus where the part asks for calm. @param {HTMLElement} part */
const isInUse = (part) =>
  part.dataset.calm !== undefined &&
  (part.matches(":hover") || part.contains(document.activeElement));

/** @param {Document} page */
export const followArrivals = (page) => {
  const part = page.querySelector("[data-live]");
  if (!(part instanceof HTMLElement)) return;
  const pause = /** @type {HTMLElement | null} */ (page.querySelector("[data-pause]"));
  const news = /** @type {HTMLElement | null} */ (page.querySelector("[data-news]"));
  const state = /** @type {HTMLElement | null} */ (page.getElementById("live-state"));
  /** @type {EventSource | null} */
  let stream = null;
  let paused = false;
  let reading = false;
  let again = false;

  /** @param {"on" | "off" | "paused"} word */
  const say = (word) => {
    if (state) state.textContent = state.dataset[word] || "";
  };

  const refresh = async () => {
    again = reading;
    if (reading) return;
    reading = true;
    const fresh = (await readPage(location.href))?.getElementById(part.id);
    if (fresh && fresh.textContent !== part.textContent)
      part.replaceChildren(...page.importNode(fresh, true).childNodes);
    if (news) news.hidden = true;
    reading = false;
    if (again) void refresh();
  };

  const notice = () => {
    if (!paused && !isInUse(part)) void refresh();
    else if (news) news.hidden = false;
  };

  const listen = () => {
    stream?.close();
    stream = null;
    if (page.hidden) return;
    stream = new EventSource(part.dataset.live || "");
    stream.addEventListener("ready", () => {
      say(paused ? "paused" : "on");
      notice();
    });
    stream.addEventListener("arrival", notice);
    stream.addEventListener("end", () => location.reload());
    stream.addEventListener("error", () => say("off"));
  };

  const toggle = () => {
    paused = !paused;
    pause?.setAttribute("aria-pressed", String(paused));
    say(paused ? "paused" : "on");
    if (!paused) void refresh();
  };

  if (pause) pause.hidden = false;
  pause?.addEventListener("click", toggle);
  news?.addEventListener("click", () => void refresh());
  page.addEventListener("visibilitychange", listen);
  listen();
};
