"""The treemap as one HTML page that needs nothing else: no file, no network, its own script alone.

The tree is branches.py's, what answers a click script.py's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
from typing import TYPE_CHECKING

from imnet_data._version import VERSION
from imnet_data.amounts import count
from imnet_data.lasting import written_whole
from imnet_data.treemap.branches import branches
from imnet_data.treemap.script import SCRIPT
from imnet_data.verification.reports.html_text import printable, shown
from imnet_data.verification.reports.style import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.catalogue import Catalogue
    from imnet_data.treemap.branches import Branches

_STYLE = """
body { max-width: 90rem; }
#map { display: block; width: 100%; height: min(70vh, 50rem); margin: .75rem 0 0; cursor: pointer;
  border-radius: 3px; }
#tip { position: fixed; z-index: 1; max-width: 30rem; padding: .5rem .7rem; font-size: .85rem;
  background: var(--ground); border: 1px solid var(--line); border-radius: 3px;
  box-shadow: 0 2px 10px rgb(0 0 0 / .18); pointer-events: none; overflow-wrap: anywhere; }
#trail { margin-top: 1rem; }
button { padding: 0; border: 0; background: none; color: inherit; font: inherit; cursor: pointer;
  text-decoration: underline; text-decoration-color: var(--soft); text-underline-offset: .15em; }
form { margin-top: 1rem; } input { font: inherit; padding: .2rem .5rem; color: inherit;
  background: var(--field); border: 1px solid var(--line); border-radius: 3px; width: 16rem; }
.share { display: block; height: .7rem; margin-top: .35rem; min-width: 1px;
  background: var(--bar); border-radius: 1px; }
:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }
"""
# Without a script there is a table of the largest classes.
_NAMED = 40


def write_treemap(catalogue: Catalogue, path: str) -> int:
    """Write the page of a catalogue; gives how many classes are in it. A present file is replaced.

    Raises:
        OSError: it cannot be written; what was at the path before is left alone.
    """
    tree = branches(catalogue.scope)
    with written_whole(os.path.abspath(path)) as file:
        pieces = page(tree, where=catalogue.path)
        file.writelines(piece.encode("utf-8", "backslashreplace") for piece in pieces)
    return tree.classes


def page(tree: Branches, *, where: str) -> Iterator[str]:
    """The page, in pieces; every name in it is escaped, and no other script than its own runs."""
    images = tree.in_all[0]
    title = f"{count(images, 'image')} by WordNet branch"
    mark = base64.b64encode(hashlib.sha256(SCRIPT.encode("utf-8")).digest()).decode("ascii")
    yield (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"style-src 'unsafe-inline'; script-src 'sha256-{mark}'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{shown(title)}</title><style>{STYLE}\n{_STYLE}</style></head>\n<body>"
    )
    yield f"<h1>{shown(title)}</h1>\n"
    yield (
        f"<p>{count(tree.classes, 'class', 'classes')} have images. A box is as large as it has "
        "images; a click goes into it, Escape out again. WordNet is no tree: a class with several "
        "parents is drawn under the first that WordNet names, so that each image is here once, "
        "and where that makes a branch smaller than it is, it says so.</p>\n"
    )
    yield (
        '<form id="find"><label>Go to <input name="word" autocomplete="off" '
        'placeholder="dog, or n02084071"></label> <button>Find</button> '
        '<span id="found" class="soft" role="status"></span></form>\n'
        '<nav id="trail" aria-label="Where this is"></nav>\n<p id="told" class="soft"></p>\n'
        '<canvas id="map" role="img" aria-label="Images by branch; the table below says the same">'
        '</canvas><div id="tip" hidden></div>\n'
        '<table id="list"><thead><tr><th>branch</th><th>wnid</th><th class="number">images</th>'
        '<th class="half">share</th></tr></thead><tbody></tbody></table>'
        '<p id="more" class="soft"></p>\n'
    )
    yield from _without_script(tree)
    yield (
        f'<p class="facts">Written {time.strftime("%Y-%m-%d %H:%M %Z")} by imnet-data {VERSION} '
        f"from {shown(where)}.</p>\n"
    )
    yield f'<script type="application/json" id="tree">{_data(tree)}</script>\n'
    yield f"<script>{SCRIPT}</script>\n</body></html>\n"


def _data(tree: Branches) -> str:
    """The tree as JSON that no name can end early: < stands as an escape."""
    columns = {
        "names": list(map(printable, tree.names)),
        "wnids": tree.wnids,
        "parents": tree.parents,
        "own": tree.own,
        "all": tree.in_all,
        "also": tree.also,
    }
    return json.dumps(columns, separators=(",", ":")).replace("<", "\\u003c")


def _without_script(tree: Branches) -> Iterator[str]:
    largest = sorted(range(1, len(tree.own)), key=lambda at: -tree.own[at])[:_NAMED]
    yield "<noscript><p>These are the classes with the most images:</p><table>"
    for at in largest:
        if tree.own[at]:
            yield (
                f'<tr><td>{shown(tree.names[at])}</td><td class="soft">{tree.wnids[at]}</td>'
                f'<td class="number">{tree.own[at]:,}</td></tr>'
            )
    yield "</table></noscript>\n"
