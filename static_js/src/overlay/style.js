/**
 * How the panel looks; the colours are those of the console.
 *
 * @module
 */

export const STYLE = `
:host { color-scheme: light dark }
section { --bg: #fff; --ink: #1b1d21; --mute: #5d5f66; --line: #e4e1d9; --sunk: #f2f0eb; --ok: #1d6a38; --ok-soft: #e5f3e9; --warn: #855000; --warn-soft: #fbf0db; --bad: #ad241c; --bad-soft: #fcebe9;
  position: fixed; right: 1rem; bottom: 1rem; z-index: 2147483647; box-sizing: border-box; display: flex; flex-direction: column; width: 24rem; max-width: calc(100vw - 2rem); max-height: min(36rem, calc(100vh - 2rem));
  border: 1px solid var(--line); border-radius: 14px; background: var(--bg); color: var(--ink); box-shadow: 0 12px 40px #0004; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; text-align: left; overflow-wrap: break-word }
@media (prefers-color-scheme: dark) {
  section { --bg: #171b21; --ink: #e9ebee; --mute: #a5adb8; --line: #2b313a; --sunk: #20252d; --ok: #84d69f; --ok-soft: #15301f; --warn: #f0c071; --warn-soft: #362912; --bad: #ffa198; --bad-soft: #3d1c1a }
}
*, ::before { box-sizing: border-box; margin: 0; min-width: 0 }
[hidden] { display: none !important }
b { font-size: inherit; font-weight: 620 }
button { display: flex; align-items: center; gap: 8px; min-height: 44px; padding: 8px 16px; border: 0; border-radius: 14px; background: none; color: inherit; font: inherit; text-align: left; cursor: pointer }
:focus-visible { outline: 2px solid var(--ink); outline-offset: -4px }
button span { flex: 1 }
button .fold { flex: none }
.mute { color: var(--mute); font-size: 13px }
ol { overflow-y: auto; margin: 0; padding: 12px 16px 16px; border-top: 1px solid var(--line); list-style: none }
li { display: grid; grid-template-columns: 24px 1fr; gap: 10px; padding: 4px 0 }
.sign { display: grid; place-items: center; width: 24px; height: 24px; border: 1.5px dashed var(--mute); border-radius: 50%; font-size: 13px }
.done .sign { border: 0; background: var(--ok-soft); color: var(--ok) }
.note .sign { border: 0; background: var(--warn-soft); color: var(--warn) }
.problem .sign { border: 0; background: var(--bad-soft); color: var(--bad) }
:is(.wait, .skip) > div > b { color: var(--mute) }
.found { display: grid; gap: 4px; margin: 6px 0; padding: 10px; border: 1px solid var(--line); border-radius: 10px; font-size: 13px }
pre { padding: 8px; border-radius: 6px; background: var(--sunk); font: 12px/1.5 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap; word-break: break-all }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
@media (width < 40rem) {
  section { right: .5rem; bottom: .5rem; width: calc(100vw - 1rem); max-width: none; max-height: 60vh }
}
@media print { section { display: none } }
`;
