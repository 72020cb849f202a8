"""What verification finds, and mending it: a part of the catalogue.

The work is verification/'s and mending/'s, loaded by those who ask for them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imnet_data.catalogue.itself import Opened
from imnet_data.storage import storage_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.db.findings import Within
    from imnet_data.mending.report import RepairReport
    from imnet_data.progress import Progress
    from imnet_data.records import Image
    from imnet_data.synsets import Synset
    from imnet_data.verification.comparing.duplicates import Duplicates
    from imnet_data.verification.findings.health import ImageHealth
    from imnet_data.verification.findings.reading import Findings
    from imnet_data.verification.findings.summary import Summary
    from imnet_data.verification.report import VerifyReport
    from imnet_data.work.workers import Workers


class HealthPart(Opened):
    """Verification, findings, duplicates, repair."""

    def verify(
        self,
        expression: str | None = None,
        *,
        split: str | None = None,
        release: str | None = None,
        level: str = "quick",
        workers: Workers | None = None,
        changed_only: bool = False,
        again: bool = False,
        progress: Progress | None = None,
        wait_s: float = 30.0,
    ) -> VerifyReport:
        """Look whether archives and images are whole, and write down what is found.

        What was looked at before and has not changed since is not looked at again. Killed or
        interrupted, the same call goes on where it stood.

        Args:
            expression: classes of images; all without it.
            split: `train`, `val`, `test` or `none`.
            release: a release's name; all without it.
            level: `quick` looks at archives' files and a sample of headers, `digest` at the bytes
                of each image, `decode` at each pixel.
            workers: processes; None for one a core, 0 for this process alone, which an image that
                crashes the decoder takes with it; or a `Cluster`, whose workers must see the
                archives where they are here.
            changed_only: pass by, as wholes, archives that were verified at this level and whose
                file has not changed since.
            again: look at the bytes of every image once more, as if none had been looked at; what
                was found before stays until it is replaced. Interrupted, the same call looks at
                those that are left.
            progress: hears how far it is.
            wait_s: seconds to wait for another process that writes to the catalogue.

        Raises:
            ExpressionError, UnknownName, UnknownRelease: as in `ImageQuery.where()`.
            ValueError: there is no such split or level; `again` is with `quick` or `changed_only`.
            CatalogueReadOnly, CatalogueBusy: the catalogue cannot be written.
            WorkersDie: no worker lives long enough to begin.
            ClusterError: the cluster is gone, or its workers are not such as the work needs. What
                was looked at until then is kept.
        """
        from imnet_data.verification.findings.asked import within_of  # noqa: PLC0415 - loaded by those who ask
        from imnet_data.verification.levels import Level  # noqa: PLC0415
        from imnet_data.verification.verify import Verification  # noqa: PLC0415
        from imnet_data.verification.way import Way  # noqa: PLC0415

        way = Way(Level.of(level), workers, changed_only=changed_only, again=again, wait_s=wait_s)
        with storage_errors():
            within = within_of(self._whole, expression, split=split, release=release)
            report = Verification(
                self._storage, self.scope, self.rows, within=within, way=way, progress=progress
            ).run()
            if report.copies and report.broken_images and not report.interrupted:
                report.whole_copies = self._whole_copies(within)
            return report

    def _whole_copies(self, within: Within) -> dict[str, int]:
        from imnet_data.mending.alternates import whole_copies  # noqa: PLC0415 - decoders
        from imnet_data.verification.findings.chosen import Chosen  # noqa: PLC0415
        from imnet_data.verification.findings.reading import Findings  # noqa: PLC0415

        broken = Findings(
            self._storage, self.scope, self.rows, within=within, chosen=Chosen.of(["broken"])
        )
        return whole_copies(self._storage, self.rows, broken)

    def findings(
        self,
        expression: str | None = None,
        *,
        split: str | None = None,
        release: str | None = None,
        codes: Sequence[str] | None = None,
    ) -> Findings:
        """What verification found of images of some classes, of these classes, of their archives.

        To iterate over, however many there are. `codes` are codes or severities: `truncated`,
        `broken`. What was found of bytes that have changed since is not among them.

        Raises:
            ExpressionError, UnknownName, UnknownRelease: as in `ImageQuery.where()`.
            ValueError: there is no such split, code or severity.
        """
        # Verification's parts are loaded by those who ask for them.
        from imnet_data.verification.findings.asked import within_of  # noqa: PLC0415
        from imnet_data.verification.findings.chosen import Chosen  # noqa: PLC0415
        from imnet_data.verification.findings.reading import Findings  # noqa: PLC0415

        chosen = None if codes is None else Chosen.of(codes)
        with storage_errors():
            within = within_of(self._whole, expression, split=split, release=release)
        return Findings(self._storage, self.scope, self.rows, within=within, chosen=chosen)

    def duplicates(
        self,
        expression: str | None = None,
        *,
        split: str | None = None,
        release: str | None = None,
        near: int | None = None,
    ) -> Duplicates:
        """Groups of images that share their bytes, or with `near` whose pictures are alike.

        Those groups that have an image of these classes and this split; a group is given whole,
        and within one release unless `release` is `*`. With `near`, pictures are compared by
        64-bit looks that differ in at most so many bits.

        Raises:
            NotVerified: no image was verified at level digest, or with `near` at decode.
            AmbiguousRelease: the catalogue has several releases, and none was named.
            ExpressionError, UnknownName, UnknownRelease: as in `ImageQuery.where()`.
            ValueError: there is no such split, or `near` is beyond 0 to 8.
        """
        from imnet_data.verification.comparing.duplicates import Duplicates  # noqa: PLC0415

        with storage_errors():
            return Duplicates(self._whole, expression, split=split, release=release, near=near)

    def repair(
        self,
        paths: Sequence[str | os.PathLike[str]] = (),
        *,
        source: str | None = None,
        dry_run: bool = False,
        connections: int = 8,
        workers: int | None = None,
        progress: Progress | None = None,
        wait_s: float = 30.0,
    ) -> RepairReport:
        """Mend what verification found broken, as far as it can be fetched again.

        What was fetched is checked before an archive is written, and its images are looked at
        again. Killed or interrupted, the same call goes on where it stood.

        Args:
            paths: those of the archives to mend; all without any.
            source: the address to fetch from, for one archive.
            dry_run: only say what would be done.
            connections: how many connections to a source at once.
            workers: processes, as in `verify()`.
            progress: hears how far it is.
            wait_s: seconds to wait for another process that writes to the catalogue.

        Raises:
            UnknownArchive: the catalogue has no archive of such a path.
            AddressRefused: `source` is no address, or is said for several archives.
            CatalogueReadOnly, CatalogueBusy: the catalogue cannot be written.
        """
        from imnet_data.mending.repair import How, Repair  # noqa: PLC0415 - requests and decoders

        how = How(dry_run, source, connections, workers, wait_s)
        with storage_errors():
            run = Repair(self._storage, self.scope, self.rows, how, progress)
            return run.run([os.fspath(path) for path in paths])

    def health(self, image: Image) -> ImageHealth:
        """What verification knows of one image: how deep it was looked at, and what was found."""
        from imnet_data.verification.findings.health import health_of  # noqa: PLC0415

        return health_of(self._storage, self.findings(), image.id)

    def class_health(self, synset: Synset) -> Summary:
        """How many images at or under a class are broken or odd, by code; notes are not counted."""
        from imnet_data.verification.findings.asked import at_or_under  # noqa: PLC0415
        from imnet_data.verification.findings.chosen import Chosen  # noqa: PLC0415
        from imnet_data.verification.findings.reading import Findings  # noqa: PLC0415

        chosen = Chosen.of(["broken", "odd"])
        with storage_errors():
            within = at_or_under(self.scope, synset.id)
            found = Findings(self._storage, self.scope, self.rows, within=within, chosen=chosen)
            return found.summary(examples=0)
