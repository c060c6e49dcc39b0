"""How the workbench was started."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What `dragoman serve` was told."""

    store: Path
    read_only: bool = False
    token: str | None = field(default=None, repr=False)
    """The hash of what every reader must show (`safety.hashed`); None where anybody on this machine may read."""
    host: str = "127.0.0.1"
    sql: bool = False
    """Whether questions in SQL may be asked."""
