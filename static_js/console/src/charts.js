/** Charts: each draws what a table of the page holds, and folds the table away; both stay in step. */

const HEIGHT = 220;
/** How wide a letter of an axis is at most, in pixels. */
const LETTER = 6.5;
/** How wide an axis of numbers is. */
const SIDE = 56;
const DAY_S = 86400;
const { lang } = document.documentElement;
/** English as the server writes it: the day before the month. */
const LOCALE = lang === "en" ? "en-GB" : lang;
/** Lines differ by more than their colour. @type {Record<string, number[]>} */
const DASHES = { c2: [7, 4], c3: [2, 3] };

/** @typedef {{ label: string, colour: string, dash: number[] | undefined, right: boolean, values: (number | null)[] }} Series */
/** @typedef {{ x: number[], names: string[], series: Series[] }} Held */

/** @param {string | undefined} text */
const numberOf = (text) => (text === undefined || text === "" ? null : Number(text));

/** Colours are what the page's style makes of a heading: light and dark need nothing here. @param {HTMLTableElement} table @returns {Held} */
const readTable = (table) => {
  const rows = [...table.tBodies[0].rows].sort((a, b) => Number(a.dataset.x) - Number(b.dataset.x));
  const heads = [...(table.tHead?.rows[0].cells || [])];
  const series = heads.flatMap((head, place) => {
    const tone = head.dataset.series;
    if (!tone) return [];
    const values = rows.map((row) => numberOf(row.cells[place].dataset.y));
    const right = head.dataset.side === "right";
    return [{ label: head.textContent || "", colour: getComputedStyle(head).fill, dash: DASHES[tone], right, values }];
  });
  const names = rows.map((row) => row.cells[0].textContent || "");
  return { x: rows.map((row) => Number(row.dataset.x)), names, series };
};

/** @param {string} kind */
const writerOf = (kind) => {
  const share = kind === "shares";
  const options = /** @type {Intl.NumberFormatOptions} */ (
    share ? { style: "percent", maximumFractionDigits: 0 } : { maximumFractionDigits: 0 }
  );
  const { format } = new Intl.NumberFormat(LOCALE, options);
  return (/** @type {number | null} */ value) => (value === null ? "–" : format(value));
};

/** Words below each other, as many beside each other as there is room for. @param {string} name @param {number} room in pixels */
const wrapped = (name, room) => {
  const most = Math.floor(room / LETTER);
  return name.split(" ").reduce((lines, word) => {
    const last = lines.slice(lines.lastIndexOf("\n") + 1);
    return lines + (last.length + word.length < most ? " " : "\n") + word;
  });
};

/** Names of steps: upright where there is room for a word, else on their side. @param {Held} held @param {number} width in pixels */
const stepsAxis = (held, width) => {
  const room = (width - 2 * SIDE) / held.names.length;
  const longest = Math.max(...held.names.join(" ").split(" ").map((word) => word.length));
  const upright = room > longest * LETTER;
  const write = (/** @type {string} */ name) => (upright ? wrapped(name, room) : name);
  const values = (/** @type {unknown} */ _plot, /** @type {number[]} */ places) => places.map((at) => write(held.names[at] || ""));
  return { values, splits: () => held.x, ...(upright ? { size: 58 } : { size: 120, rotate: -90 }) };
};

/** @returns {(plot: unknown, values: number[]) => string[]} */
const writeDays = () => {
  const options = /** @type {Intl.DateTimeFormatOptions} */ ({ day: "numeric", month: "short", timeZone: "UTC" });
  const { format } = new Intl.DateTimeFormat(LOCALE, options);
  return (_plot, values) => values.map((at) => format(at * 1000));
};

/** Does one of them stand alone? A line has two ends. @param {(number | null)[]} values */
const standsAlone = (values) =>
  values.some((value, at) => value !== null && (values[at - 1] ?? values[at + 1] ?? null) === null);

/** @param {HTMLElement} place @param {Held} held @param {string} kind */
const optionsOf = (place, held, kind) => {
  const [steps, bars, share] = [kind === "steps", kind === "steps" || kind === "bars", kind === "shares"];
  const { color } = getComputedStyle(place);
  const line = getComputedStyle(place).borderTopColor;
  const write = writerOf(kind);
  const whole = { incrs: share ? [0.1, 0.25, 0.5] : [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7] };
  const axis = { stroke: color, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  const upTo = (/** @type {unknown} */ _plot, /** @type {number} */ _least, /** @type {number | null} */ most) => [0, share ? 1 : Math.max(1, (most || 0) * 1.1)];
  const values = (/** @type {unknown} */ _plot, /** @type {number[]} */ ticks) => ticks.map(write);
  return {
    width: place.clientWidth,
    height: HEIGHT,
    tzDate: (/** @type {number} */ at) => uPlot.tzDate(new Date(at * 1000), "Etc/UTC"),
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, y: false, points: { size: 7 } },
    scales: {
      x: { time: !steps, range: bars ? widened(held, steps) : undefined },
      y: { range: upTo },
      right: { range: upTo },
    },
    axes: [
      { ...axis, grid: { show: false }, ...(steps ? stepsAxis(held, place.clientWidth) : { values: writeDays(), space: 70, size: 26 }) },
      { ...axis, ...whole, scale: "y", values, size: SIDE },
      ...(held.series.some((one) => one.right) ? [{ ...axis, ...whole, scale: "right", side: 1, grid: { show: false }, values, size: SIDE }] : []),
    ],
    series: [
      {},
      ...held.series.map((one) => ({
        label: one.label,
        scale: one.right ? "right" : "y",
        stroke: one.colour,
        width: 2,
        dash: bars ? undefined : one.dash,
        points: { show: !bars && standsAlone(one.values) },
        ...(bars ? { fill: one.colour, width: 0, paths: uPlot.paths.bars({ size: [0.7, 60], radius: 0.1 }), points: { show: false } } : {}),
      })),
    ],
  };
};

/** Half a bar stands beside the first and the last place. @param {Held} held @param {boolean} steps */
const widened = (held, steps) => {
  const half = steps ? 0.5 : DAY_S / 2;
  const [first, last] = [held.x[0], held.x[held.x.length - 1]];
  return () => [first - half, last + half];
};

/** @param {Held} held @param {string} kind @param {HTMLElement} said */
const hooks = (held, kind, said) => {
  const write = writerOf(kind);
  return {
    setCursor: [
      (/** @type {any} */ plot) => {
        const at = plot.cursor.idx;
        const told = held.series.map((one) => `${one.label}: ${write(one.values[at])}`);
        said.textContent = at === null || at === undefined ? "" : `${held.names[at]} – ${told.join(", ")}`;
      },
    ],
  };
};

/** @param {HTMLElement} place */
const draw = (place) => {
  const table = document.getElementById(place.dataset.plot || "");
  if (!(table instanceof HTMLTableElement)) return;
  const kind = place.dataset.kind || "lines";
  place.hidden = false;
  const held = readTable(table);
  if (kind !== "steps") held.x = held.x.map((day) => day * DAY_S);
  const said = document.createElement("p");
  said.className = "mute said";
  const options = { ...optionsOf(place, held, kind), hooks: hooks(held, kind, said) };
  const plot = new uPlot(options, [held.x, ...held.series.map((one) => one.values)], place);
  place.append(said);
  return plot;
};

/** @param {HTMLElement} place */
const show = (place) => {
  let plot = draw(place);
  if (!plot) return;
  place.closest("section")?.querySelector("details[open]")?.removeAttribute("open");
  new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    plot?.destroy();
    place.replaceChildren();
    plot = draw(place);
  });
};

for (const place of document.querySelectorAll("[data-plot]")) if (place instanceof HTMLElement) show(place);
