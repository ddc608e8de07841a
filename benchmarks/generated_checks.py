"""Three checks of one generated kernel, each as a line of JSON; `generated.py` asks for all.

    python benchmarks/generated_checks.py others|bncheck FOLDER/FILE [--budget quick]

``others`` are those of `generated_others.py`, forward only; ``bncheck`` is `bncheck verify`.
"""

import argparse
import importlib.util
import json
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

from generated_others import others

KERNELS = Path(__file__).parent / "kernels"


@dataclass(frozen=True)
class Candidate:
    """One candidate, as `truth.toml` has it, with what its problem says."""

    file: str
    right: bool
    causes: tuple[str, ...]
    says: str
    dtypes: tuple[str, ...]
    needs: tuple[str, ...]
    norm: str
    promises: dict[str, str]
    fuzz: str

    @property
    def path(self):
        return KERNELS / self.file

    @property
    def problem(self):
        return self.path.parent / "problem.py"

    @property
    def lacks(self):
        return [name for name in self.needs if importlib.util.find_spec(name) is None]


def written_down():
    return tomllib.loads((KERNELS / "truth.toml").read_text(encoding="utf-8"))


def candidates():
    data = written_down()
    problems = {problem["folder"]: problem for problem in data["problem"]}
    for entry in data["candidate"]:
        problem = problems[entry["file"].partition("/")[0]]
        yield Candidate(
            entry["file"],
            entry["right"],
            tuple(entry.get("causes", ())),
            entry["says"],
            tuple(entry.get("dtypes", ("float32",))),
            tuple(entry.get("needs", ())),
            problem["norm"],
            problem.get("promises", {}),
            problem["fuzz"],
        )


def with_promises(candidate, folder):
    """Return the file of a candidate, or a copy with a line that says what it promises."""
    if not candidate.promises:
        return candidate.path
    text = candidate.path.read_text(encoding="utf-8")
    copy = Path(folder) / candidate.path.name
    copy.write_text(f"{text}\n\nModelNew.CONVENTION = {candidate.promises}\n", encoding="utf-8")
    return copy


def bncheck(candidate, budget):
    """Return the verdict, the causes that are named, the laws that fail, and the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        return judged(candidate, with_promises(candidate, folder), budget)


def judged(candidate, path, budget):
    from bncheck import verify
    from bncheck.errors import BncheckError

    began = time.perf_counter()
    try:
        report = verify(
            f"{path}:ModelNew",
            budget=budget,
            dtypes=candidate.dtypes,
            norm=candidate.norm,
            save=None,
            timeout=5.0,
        )
    except BncheckError as error:
        return {
            "verdict": "refused",
            "why": str(error).replace(str(path), candidate.file),
            "causes": [],
            "seconds": 0.0,
        }
    return {
        "verdict": "holds" if report.exit_code == 0 else "fails",
        "why": "; ".join(cause["text"] for cause in report.causes)[:400],
        "causes": [cause["deviation"] for cause in report.causes],
        "laws": [f.law for f in report.findings if f.verdict in ("fails", "error")],
        "untried": list(report.untried),
        "seconds": round(time.perf_counter() - began, 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("check", choices=("others", "bncheck"))
    parser.add_argument("file")
    parser.add_argument("--budget", default="quick")
    args = parser.parse_args()
    candidate = next(each for each in candidates() if each.file == args.file)
    if args.check == "others":
        said = others(candidate.problem, candidate.path, candidate.fuzz, candidate.dtypes)
    else:
        said = bncheck(candidate, args.budget)
    print(json.dumps(said))


if __name__ == "__main__":
    main()
