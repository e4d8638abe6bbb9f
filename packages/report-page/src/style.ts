/** The page's one style sheet; colours are variables, so that plots follow a light or dark page. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --card: #ffffff; --ink: #1c1f24; --soft: #5b626d; --line: #e2e4e8;
  --ours: #1f5fd6; --bar: #b9c0cb; --grey: #7a828e; --faint: #a9b0ba;
  --teal: #0e8a7d; --violet: #8250c8; --amber: #b96a00; --rose: #c23a5e; --green: #4a8a2a;
  --good: #11743f; --good-back: #e2f4e9; --bad: #b3261e; --bad-back: #fbe7e5; --even-back: #eceef1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14161a; --card: #1b1e24; --ink: #e7e9ed; --soft: #a0a8b4; --line: #30353e;
    --ours: #7fa9ff; --bar: #566072; --grey: #98a1ae; --faint: #626b78;
    --teal: #4cc4b4; --violet: #b994f0; --amber: #eba749; --rose: #ef7f9d; --green: #93cb6c;
    --good: #7fd6a4; --good-back: #163626; --bad: #ff9c92; --bad-back: #43201e; --even-back: #2a2f37;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1100px; margin: 0 auto; padding: 32px 20px 80px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 20px; margin: 48px 0 6px; letter-spacing: -0.005em; }
h3 { font-size: 16px; margin: 28px 0 6px; }
h4 { font-size: 14px; margin: 18px 0 2px; }
small { color: var(--soft); font-weight: 400; font-size: 13px; }
p { max-width: 75ch; margin: 6px 0 14px; color: var(--soft); }
nav { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 16px 0 0; font-size: 14px; }
a { color: var(--ours); text-decoration: none; }
a:hover { text-decoration: underline; }
.note { color: var(--soft); font-size: 12.5px; margin: 0; }
.subtitle { max-width: none; }
.nowrap { white-space: nowrap; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 14px; margin: 16px 0 22px; }
.tile, .scroll, figure, .facts { background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.tile { padding: 14px 16px; }
.tile-title { font-size: 13.5px; font-weight: 600; }
.tile-figure { font-size: 30px; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tile-figure.second { font-size: 19px; margin-bottom: 6px; }
.tile-figure span { font-size: 13px; font-weight: 400; color: var(--soft); }
.chip { display: inline-block; padding: 1px 8px; border-radius: 99px; font-size: 12.5px; white-space: nowrap;
  font-variant-numeric: tabular-nums; background: var(--even-back); }
.chip.better { color: var(--good); background: var(--good-back); }
.chip.worse { color: var(--bad); background: var(--bad-back); }
.scroll { overflow-x: auto; margin: 12px 0; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th, td { padding: 7px 10px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { font-size: 12px; font-weight: 600; color: var(--soft); vertical-align: bottom; }
tbody tr:last-child td { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
tr.marked td { font-weight: 600; background: color-mix(in srgb, var(--ours) 8%, transparent); }
figure { margin: 0; padding: 12px 14px 10px; min-width: 0; }
figcaption { font-size: 13px; font-weight: 600; margin-bottom: 4px; overflow-wrap: anywhere; }
figure svg { display: block; width: 100%; max-width: 100%; height: auto; }
.plot { overflow: visible; font-size: 11px; }
.plot text, .plot tspan { white-space: pre; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(240px, 100%), 1fr)); gap: 14px; }
#onboarding .grid { grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); gap: 14px; }
.pair h3 { grid-column: 1 / -1; }
.wide-grid { display: grid; grid-template-columns: minmax(0, 1.6fr) minmax(0, 1fr); gap: 14px; align-items: start; }
@media (max-width: 760px) { .wide-grid { grid-template-columns: minmax(0, 1fr); } }
.facts { margin: 0; padding: 12px 16px; font-size: 13px; }
.facts dt { color: var(--soft); font-size: 12px; margin-top: 8px; }
.facts dt:first-child { margin-top: 0; }
.facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 4px 0 10px; padding: 0; font-size: 13px; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: 7px; }
details { margin: 8px 0; }
details > summary { cursor: pointer; padding: 4px 0; color: var(--soft); }
details > summary strong { color: var(--ink); }
.terms { display: grid; grid-template-columns: max-content minmax(0, 75ch); gap: 6px 18px; font-size: 13.5px; }
.terms dt { font-weight: 600; }
.terms dd { margin: 0; color: var(--soft); }
@media (max-width: 600px) { .terms { grid-template-columns: 1fr; } .terms dd { margin-bottom: 8px; } }
code { font-size: 12.5px; }
@media print { details { display: block; } body { background: #fff; } }
`;
