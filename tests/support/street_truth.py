"""What is written down about the targets of ``tests/street``."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

STREET = Path(__file__).parents[1] / "street"
SETS = ("functions", "classes", "modules", "mixed", "strangers")


@dataclass(frozen=True)
class Target:
    """One target: where it is, whether it is right, and the names that are true of its fault."""

    set: str
    file: str
    right: bool
    causes: tuple[str, ...]
    says: str
    needs: tuple[str, ...]

    @property
    def name(self):
        """As `bncheck verify` takes it."""
        return str(STREET / self.set / self.file)

    @property
    def id(self):
        """For tests and tables."""
        return f"{self.set}/{self.file}"


def targets(*sets):
    """All targets of some sets, or of all."""
    found = []
    for name in sets or SETS:
        data = tomllib.loads((STREET / name / "truth.toml").read_text(encoding="utf-8"))
        for entry in data["target"]:
            causes = (*entry["causes"], *entry.get("equivalent", ()))
            found.append(
                Target(
                    name,
                    entry["file"],
                    entry["right"],
                    causes,
                    entry["says"],
                    tuple(entry["needs"]),
                )
            )
    return found
