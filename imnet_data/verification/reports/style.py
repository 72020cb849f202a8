"""How the HTML report looks: one style for light and for dark, no script, nothing from outside.

What stands in it is report_html.py's.
"""

from __future__ import annotations

from typing import Final

# The colours of the three severities are told apart by people who do not see red and green, and
# each stands beside its word.
STYLE: Final = """
:root { color-scheme: light dark;
  --ground: #fcfcfb; --ink: #1d1d1b; --soft: #62625d; --line: #e2e1dc; --field: #f3f2ee;
  --bar: #3a6ea5; --broken: #b3261e; --odd: #8a5a00; --note: #4a6572; --known: #4a6572; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #171716; --ink: #e9e8e4; --soft: #a3a29b; --line: #35342f; --field: #22211e;
  --bar: #7fb0e0; --broken: #ff8a80; --odd: #e8b453; --note: #9fb8c4; --known: #9fb8c4; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 68rem; background: var(--ground);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 .5rem; text-wrap: balance; }
h2 { font-size: 1.1rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 1.75rem 0 .15rem; }
p { margin: .25rem 0; max-width: 46rem; }
a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: .15em; }
figure { margin: 1.25rem 0; }
.soft, figcaption, .facts { color: var(--soft); }
.facts { font-size: .87rem; margin-top: 1rem; overflow-wrap: anywhere; }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }
.wide { overflow-x: auto; } .wide table { min-width: 46rem; } .half { width: 38%; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
th { text-align: left; font-weight: 600; color: var(--soft); }
th, td { padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
td { overflow-wrap: anywhere; } td:first-child, .number, .whole { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.broken, .odd, .note, .known { font-weight: 600; }
.broken { color: var(--broken); } .odd { color: var(--odd); }
.note, .known { color: var(--note); font-weight: 500; }
.sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
  gap: 1rem .9rem; margin: .75rem 0 0; padding: 0; list-style: none; }
.sheet li { min-width: 0; font-size: .8rem; line-height: 1.35; overflow-wrap: anywhere; }
.picture { display: flex; align-items: center; justify-content: center; height: 146px;
  background: var(--field); border: 1px solid var(--line); border-radius: 3px; overflow: hidden;
  margin-bottom: .3rem; }
.picture img { display: block; max-width: 100%; max-height: 100%; }
.picture span { padding: .75rem; color: var(--soft); text-align: center; }
.bare .picture { height: auto; } .bare .picture span { padding: .4rem .75rem; }
.sheet b { display: block; font-weight: 600; }
svg { display: block; width: 100%; height: auto; margin: .5rem 0 0; }
svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
svg .tick { text-anchor: end; } svg .middle { text-anchor: middle; } svg .name { text-anchor: end; }
svg .grid { stroke: var(--line); fill: none; }
svg .bar, svg .cells rect { fill: var(--bar); }
svg .mark { fill: var(--broken); }
svg .field rect { fill: var(--ink); fill-opacity: 0; }
svg .field rect:hover { fill-opacity: .12; }
svg .cells rect:hover { fill: var(--ink); fill-opacity: 1; }
@media print { body { max-width: none; } .sheet li { break-inside: avoid; } }
""".strip()
