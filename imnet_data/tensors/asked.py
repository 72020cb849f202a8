"""What tensors are asked for as, as manifest and headers have it: no path, date or host."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from imnet_data._version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imnet_data.sharding.entry import ClassLabel
    from imnet_data.tensors.devices import Described
    from imnet_data.tensors.plan import Plan

FORMAT: Final = "safetensors"
HEADER_FORMAT: Final = "imnet-data tensors 1"


@dataclass(frozen=True, slots=True)
class TensorsAsked:
    """What tensors were asked for as; see manifest.py."""

    plan: Plan
    by: Described

    @property
    def classes(self) -> Sequence[ClassLabel]:
        """The classes that labels count."""
        return self.plan.classes

    def as_json(self) -> dict[str, Any]:
        """As the manifest has it."""
        said = self.plan.asked()
        options = self.plan.options
        said["options"] = {
            "format": FORMAT,
            "plan": self.plan.fingerprint,
            **said["options"],
            "copies": options.geometry.copies,
            "shape": list(options.shape),
            **asdict(self.by),
        }
        return said

    def about(self) -> dict[str, str]:
        """What each shard's header says, part and number aside: text under every key."""
        plan, by, options = self.plan, self.by, self.plan.options
        normalisation = options.normalisation
        said = {
            "format": HEADER_FORMAT,
            "made_by": f"imnet-data {VERSION}",
            "subset": plan.subset.get("name", ""),
            "catalogue": plan.subset.get("catalogue") or "",
            "plan": plan.fingerprint,
            "classes": [[one.wnid, one.name] for one in plan.classes],
            "geometry": options.geometry.as_json(),
            "normalisation": normalisation.as_json(),
            "channels": normalisation.channels,
            "scale": normalisation.scale,
            "mean": list(normalisation.mean),
            "std": list(normalisation.std),
            "dtype": options.dtype,
            "copies": options.geometry.copies,
            "engine": by.engine,
            "device": by.device,
            "rule": by.rule,
            "versions": {"imnet-data": VERSION, **by.versions},
        }
        return {key: _text(value) for key, value in said.items()}


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode()
