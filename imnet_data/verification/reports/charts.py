"""The charts of the HTML report: what goes into them, and what stands beside them.

How they are drawn is chart_svg.py's and size_chart.py's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imnet_data.amounts import count
from imnet_data.layouts.placement import UNLABELLED, class_wnid_of
from imnet_data.progress import job
from imnet_data.query import EVERY_RELEASE
from imnet_data.splits import Split
from imnet_data.verification.reports.chart_svg import Bar, bar_chart
from imnet_data.verification.reports.html_text import shown
from imnet_data.verification.reports.size_chart import SizeChart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imnet_data.progress import Progress
    from imnet_data.verification.findings.summary import Summary
    from imnet_data.verification.reports.file import Verified

# A catalogue of more releases and splits than this is told in the table that `stats` writes.
_MOST_CHARTS = 12


def class_charts(verified: Verified, summary: Summary) -> Iterator[str]:
    """Images a class, a chart for each release and split that has several classes."""
    charts = [(what, bars) for what, bars in _bars(verified, summary) if len(bars) > 1]
    if charts:
        yield "<h2>Images in each class</h2>\n"
    for what, bars in charts[:_MOST_CHARTS]:
        images = sum(bar.images for bar in bars)
        broken = sum(1 for bar in bars if bar.broken)
        marked = (
            f"; {count(broken, 'class', 'classes')} with broken images marked" if broken else ""
        )
        yield (
            f"<figure><figcaption><b>{shown(what)}</b>: {count(images, 'image')} in {len(bars):,} "
            f"classes{marked}</figcaption>{bar_chart(bars, f'Images a class, {what}')}</figure>\n"
        )


def _bars(verified: Verified, summary: Summary) -> Iterator[tuple[str, list[Bar]]]:
    scope = verified.catalogue.scope
    tally, resolver = scope.tally, scope.resolver
    ids = None if verified.expression is None else scope.classes(verified.expression).ids
    for release_id, release in sorted(tally.releases.items(), key=lambda item: item[1]):
        if verified.release not in (None, EVERY_RELEASE, release):
            continue
        for split in Split:
            if verified.split is not None and split != Split.of(verified.split):
                continue
            mask = tally.mask(ids, split=split, release_id=release_id)
            mask &= tally.synsets != UNLABELLED
            found = zip(tally.synsets[mask].tolist(), tally.images[mask].tolist(), strict=True)
            yield (
                f"{release}, {split.label}",
                [
                    Bar(
                        class_wnid_of(synset),
                        resolver.name(synset),
                        images,
                        summary.broken_of[release_id, split, synset],
                    )
                    for synset, images in found
                ],
            )


def size_chart(verified: Verified, progress: Progress) -> Iterator[str]:
    """How wide and high the images are, as far as verification has seen their headers."""
    query = verified.catalogue.images(
        verified.expression, split=verified.split, release=verified.release or EVERY_RELEASE
    ).in_disk_order()
    inspected = verified.findings.inspected()
    chart = SizeChart()
    with job(progress, "sizes for the report", query.count(), "images"):
        for batch in query.batches():
            chart.add(inspected.sizes(batch.tolist()))
            progress.advance(len(batch))
    yield "<h2>Sizes</h2>\n"
    if not chart.images:
        yield (
            "<p>No sizes are known yet: <code>imnet-data verify --level digest</code> reads them."
            "</p>\n"
        )
        return
    yield (
        f"<figure><figcaption>{count(chart.images, 'image')} by width and height in pixels, both "
        f"doubling from line to line; the fuller a field, the more images.</figcaption>"
        f"{chart.svg()}</figure>\n"
    )
