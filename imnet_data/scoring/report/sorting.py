"""Tables that a reader of the page can sort: the one script in it, with the digest that allows it.

The page runs no other script and asks for nothing from outside.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Final

# A click on a heading sorts by its column, by number where the cells have one; again, backwards.
SCRIPT: Final = """
for (const table of document.querySelectorAll("table.sorted")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  heads.forEach((head, at) => {
    const button = head.querySelector("button");
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== (button.dataset.first || "ascending");
      const first = button.dataset.first === "descending" ? -1 : 1, way = up ? first : -first;
      heads.forEach(one => one.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      const key = row => {
        const cell = row.cells[at];
        return cell.dataset.n === undefined ? cell.textContent : Number(cell.dataset.n);
      };
      const rows = [...body.rows].map(row => [key(row), row]);
      rows.sort((a, b) => way * (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
      body.append(...rows.map(one => one[1]));
    });
  });
}
""".strip()

# What the page's policy says of it: the browser runs this text alone.
DIGEST: Final = "sha256-" + b64encode(sha256(SCRIPT.encode()).digest()).decode("ascii")
