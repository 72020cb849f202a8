"""What makes the treemap answer a click: its script, in one piece, with nothing from outside.

The page that it stands in, and the tree that it draws, are page.py's.
"""

from __future__ import annotations

from typing import Final

# The rectangles are those of Bruls, Huizing and van Wijk, "Squarified treemaps" (2000): rows of
# boxes as near to squares as they get. Boxes too small to be seen are not drawn.
SCRIPT: Final = r"""
"use strict";
const tree = JSON.parse(document.getElementById("tree").textContent);
const count = tree.names.length;
const drawn = tree.own.slice();
const below = tree.names.map(() => []);
for (let at = count - 1; at > 0; at--) {
  drawn[tree.parents[at]] += drawn[at];
  below[tree.parents[at]].push(at);
}
for (const list of below) list.sort((a, b) => drawn[b] - drawn[a] || a - b);

const canvas = document.getElementById("map");
const pen = canvas.getContext("2d");
const tip = document.getElementById("tip");
const trail = document.getElementById("trail");
const table = document.querySelector("#list tbody");
const dark = matchMedia("(prefers-color-scheme: dark)");
const number = new Intl.NumberFormat("en-US");
const images = (n) => number.format(n) + (n === 1 ? " image" : " images");
const HEAD = 18, PAD = 2, LEAST = 7;
let here = 0, boxes = [], marked = null, turn = 0;

// Down to where the tree first divides: one box in another says nothing.
function settled(at) {
  while (below[at].length === 1 && tree.own[at] === 0) at = below[at][0];
  return at;
}
function above(at) {
  const path = [];
  for (; at >= 0; at = tree.parents[at]) path.unshift(at);
  return path;
}
function parts(at) {
  const list = below[at].map((child) => ({ at: child, value: drawn[child], own: false }));
  if (tree.own[at] > 0 && list.length) list.push({ at, value: tree.own[at], own: true });
  return list.sort((a, b) => b.value - a.value);
}

function worst(row, side, scale) {
  let sum = 0, most = 0, least = Infinity;
  for (const one of row) {
    const area = one.value * scale;
    sum += area; most = Math.max(most, area); least = Math.min(least, area);
  }
  return Math.max(side * side * most / (sum * sum), sum * sum / (side * side * least));
}
function squarified(list, x, y, w, h, put) {
  let total = 0;
  for (const one of list) total += one.value;
  if (!total || w <= 0 || h <= 0) return;
  const scale = w * h / total;
  let start = 0;
  while (start < list.length) {
    const side = Math.min(w, h);
    const row = [list[start]];
    let best = worst(row, side, scale), end = start + 1;
    for (; end < list.length; end++) {
      row.push(list[end]);
      const next = worst(row, side, scale);
      if (next > best) { row.pop(); break; }
      best = next;
    }
    let area = 0;
    for (const one of row) area += one.value * scale;
    const thick = area / side;
    let along = 0;
    for (const one of row) {
      const long = one.value * scale / thick;
      if (w >= h) put(one, x, y + along, thick, long);
      else put(one, x + along, y, long, thick);
      along += long;
    }
    if (w >= h) { x += thick; w -= thick; } else { y += thick; h -= thick; }
    start = end;
    if (Math.min(w, h) < 1) return;
  }
}

function fill(hue, level) {
  if (hue === null || hue === undefined) return dark.matches ? "#2b2a27" : "#e6e4de";
  const light = dark.matches ? 26 + 5 * Math.min(level, 5) : 82 - 5 * Math.min(level, 5);
  return `hsl(${hue} ${dark.matches ? 34 : 48}% ${light}%)`;
}
function cut(text, room) {
  if (pen.measureText(text).width <= room) return text;
  let low = 0, high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pen.measureText(text.slice(0, middle) + "…").width <= room) low = middle;
    else high = middle - 1;
  }
  return low > 1 ? text.slice(0, low) + "…" : "";
}
function label(at, own) {
  return own ? tree.names[at] + " itself" : tree.names[at];
}
// A branch that has nearly all of what is seen has no colour; those in it have.
function hueOf(one, at) {
  if (one.own) return null;
  if (one.value > 0.7 * drawn[here] && below[at].length) return undefined;
  // The golden angle: neighbours are told apart, however many there are.
  return Math.round(212 + 137.508 * turn++) % 360;
}
function place(one, x, y, w, h, level, hue) {
  const at = one.own ? one.at : settled(one.at);
  if (hue === undefined) hue = hueOf(one, at);
  boxes.push({ at, own: one.own, x, y, w, h, level });
  pen.fillStyle = fill(hue, level);
  pen.fillRect(x, y, w - 1, h - 1);
  const wide = w > 34 && h > 14;
  if (wide) {
    pen.fillStyle = dark.matches ? "#f1f0ec" : "#1d1d1b";
    const head = level === 0 && w > 120 ? `${label(at, one.own)}  ${number.format(one.value)}`
      : label(at, one.own);
    pen.fillText(cut(head, w - 10), x + 5, y + Math.min(h / 2, HEAD / 2) + 1);
  }
  const top = wide ? HEAD : PAD;
  if (one.own || w < LEAST * 2 || h < top + LEAST) return;
  const room = [x + PAD, y + top, w - 2 * PAD - 1, h - top - PAD - 1];
  squarified(parts(at), ...room, (inner, ...box) => {
    if (box[2] >= 2 && box[3] >= 2) place(inner, ...box, level + 1, hue);
  });
}
function draw() {
  const { width, height } = canvas.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.font = "12px system-ui, sans-serif";
  pen.textBaseline = "middle";
  boxes = [];
  let list = parts(here);
  if (!list.length) list = [{ at: here, value: drawn[here], own: true }];
  turn = 0;
  squarified(list, 0, 0, width, height, (one, ...box) => place(one, ...box, 0, undefined));
  marked = null;
}

function button(at, text) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", () => go(at));
  return made;
}
function cell(row, content, kind) {
  const made = row.insertCell();
  if (kind) made.className = kind;
  made.append(content);
  return made;
}
function write() {
  const path = above(here);
  trail.replaceChildren();
  path.forEach((at, step) => {
    if (step) trail.append(" \u203a ");
    trail.append(step === path.length - 1 ? tree.names[at] : button(at, tree.names[at]));
  });
  document.getElementById("told").textContent = told(here, false);
  table.replaceChildren();
  for (const one of parts(here).slice(0, 200)) {
    const row = table.insertRow();
    const inside = !one.own && (below[one.at].length > 0);
    cell(row, inside ? button(one.at, tree.names[one.at]) : label(one.at, one.own));
    cell(row, one.own ? "" : tree.wnids[one.at], "soft");
    cell(row, number.format(one.value), "number");
    const bar = document.createElement("span");
    bar.className = "share";
    bar.style.width = `${100 * one.value / Math.max(drawn[here], 1)}%`;
    cell(row, bar, "half");
  }
  const more = parts(here).length - 200;
  document.getElementById("more").textContent = more > 0 ? `and ${number.format(more)} more` : "";
}
function told(at, own) {
  const words = [own ? images(tree.own[at]) + " of this class itself" : images(drawn[at])];
  if (!own && tree.own[at] && below[at].length) words.push(number.format(tree.own[at]) + " own");
  if (!own && tree.all[at] !== drawn[at]) {
    words.push(`${number.format(tree.all[at])} with those drawn under another parent`);
  }
  const also = tree.also[at];
  if (also) words.push("also a kind of " + also.map((other) => tree.names[other]).join(", "));
  return words.join("; ");
}
function go(at) {
  const name = tree.wnids[at] || (at ? String(at) : "");
  history.pushState(null, "", name ? "#" + name : location.pathname + location.search);
  follow();
}
function follow() {
  const name = decodeURIComponent(location.hash.slice(1));
  let at = name ? tree.wnids.indexOf(name) : 0;
  if (at < 0 && /^\d+$/.test(name) && Number(name) < count) at = Number(name);
  here = settled(Math.max(at, 0));
  tip.hidden = true;
  draw();
  write();
}

function under(event) {
  const edge = canvas.getBoundingClientRect();
  const x = event.clientX - edge.left, y = event.clientY - edge.top;
  return boxes.filter((box) => x >= box.x && x < box.x + box.w && y >= box.y && y < box.y + box.h);
}
canvas.addEventListener("click", (event) => {
  const hit = under(event);
  if (hit.length && !hit[0].own && below[hit[0].at].length) go(hit[0].at);
});
canvas.addEventListener("mousemove", (event) => {
  const box = under(event).pop();
  tip.hidden = !box;
  if (!box) return;
  if (box !== marked) {
    marked = box;
    const name = document.createElement("b");
    name.textContent = `${label(box.at, box.own)} ${box.own ? "" : tree.wnids[box.at]}`;
    const path = above(box.at).slice(1, -1).map((at) => tree.names[at]).join(" \u203a ");
    tip.replaceChildren(name, document.createElement("br"), told(box.at, box.own),
      document.createElement("br"), path);
  }
  const edge = tip.getBoundingClientRect();
  tip.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - edge.width - 8)) + "px";
  tip.style.top = (event.clientY + edge.height + 24 > innerHeight
    ? event.clientY - edge.height - 10 : event.clientY + 16) + "px";
});
canvas.addEventListener("mouseleave", () => { tip.hidden = true; });
document.addEventListener("keydown", (event) => {
  const up = above(here).slice(0, -1).reverse().find((at) => settled(at) !== here);
  if (event.key === "Escape" && up !== undefined) go(up);
});
document.getElementById("find").addEventListener("submit", (event) => {
  event.preventDefault();
  const wanted = event.target.elements.word.value.trim().toLowerCase().replaceAll(" ", "_");
  if (!wanted) return;
  const starts = (name) => name.toLowerCase().startsWith(wanted);
  let at = tree.wnids.indexOf(wanted);
  if (at < 0) at = tree.names.findIndex((name) => name.toLowerCase().split(".")[0] === wanted);
  if (at < 0) at = tree.names.findIndex(starts);
  if (at < 0) at = tree.names.findIndex((name) => name.toLowerCase().includes(wanted));
  const answer = document.getElementById("found");
  answer.textContent = at < 0 ? "no class here has that in its name" : "";
  if (at >= 0) go(below[at].length ? at : tree.parents[at]);
});
addEventListener("popstate", follow);
addEventListener("hashchange", follow);
addEventListener("resize", draw);
dark.addEventListener("change", draw);
follow();
""".strip()
