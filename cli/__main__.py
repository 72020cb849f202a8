"""`python -m imnet_data.cli`, where the console script is not on the path."""

from __future__ import annotations

from imnet_data.cli.main import main

main()
