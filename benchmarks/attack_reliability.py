"""Runs that are attacked at random times, and files that are damaged at random places.

    python benchmarks/attack_reliability.py --runs 60 --seed 1

Each run checks the right layer of `examples/numpy_layer.py` or a wrong one, and is attacked once:
its worker is killed, stopped or sent a signal, or bncheck itself is sent one or two signals, or
is killed. Every fourth "run" replays a saved counterexample that was damaged. Printed is how many
runs there were of each kind, and in how many the verdict was another one than in a quiet run,
something was left behind, bncheck blamed itself (exit 3, or a traceback), or the time was over.

The times are random: seeds repeat the kinds and the plans, and not to the microsecond what the
process was doing. Linux only.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RIGHT = (ROOT / "examples" / "numpy_layer.py").read_text(encoding="utf-8")
TARGETS = {
    "right": RIGHT,
    "wrong": RIGHT.replace("xhat * mean_dy_xhat)", "mean_dy_xhat)"),
}
CALL_LIMIT = 2
OPTIONS = ("--budget", "quick", "--dtype", "float32", "--timeout", str(CALL_LIMIT))
KINDS = ("kill", "stop", "signal", "interrupt", "end")
SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP", "SIGSEGV", "SIGABRT", "SIGALRM", "SIGUSR1", "SIGQUIT")
ENDED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BAD = ("verdict changed", "left behind", "exit 3", "over the limit")


@dataclass
class Outcome:
    code: int
    seconds: float
    said: str
    report: dict | None


class Run:
    """One command in a folder of its own, with temporary files in another one."""

    def __init__(self, folder, *words):
        self.folder, self.temporary = folder, folder / "tmp"
        self.temporary.mkdir(exist_ok=True)
        self.began = time.monotonic()
        path = os.pathsep.join([str(ROOT), *(p for p in sys.path if p)])
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "bncheck", *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(self.temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def workers(self):
        return [pid for pid in processes(self.temporary) if pid != self.process.pid]

    def finish(self):
        said, _ = self.process.communicate(timeout=600)
        seconds = time.monotonic() - self.began
        file = self.folder / "report.json"
        report = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
        return Outcome(self.process.returncode, seconds, said, report)

    def left(self):
        """Processes and files that are still there, after a moment to go."""
        for _ in range(20):
            found = [*processes(self.temporary), *self.temporary.iterdir()]
            if not found:
                return []
            time.sleep(0.1)
        return found


def processes(temporary):
    """Whoever has this folder for temporary files in its environment."""
    mark = f"TMPDIR={temporary}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def verify(folder, source):
    (folder / "bn.py").write_text(source, encoding="utf-8")
    return Run(folder, "verify", "bn.py", *OPTIONS, "--format", "json=report.json")


def attack(run, kind, chance):
    """Do it once; whether there was anybody to do it to."""
    if kind in ("interrupt", "end"):
        names = ("SIGKILL",) if kind == "end" else chance.choices(("SIGINT", "SIGTERM", "SIGHUP"))
        for name in names * chance.choice((1, 2)):
            if run.process.poll() is not None:
                return False
            run.process.send_signal(getattr(signal, name))
            time.sleep(0.01)
        return True
    name = {"kill": "SIGKILL", "stop": "SIGSTOP"}.get(kind) or chance.choice(SIGNALS)
    for pid in run.workers():
        try:
            os.kill(pid, getattr(signal, name))
        except ProcessLookupError:
            continue
        return True
    return False


def verdicts(report):
    return {(f["law"], f["dtype"]): f["verdict"] for f in report["findings"]}


def another(kind, quiet, outcome):
    """Whether the attacked run says something that the quiet one does not."""
    if kind == "end":
        return False  # it was killed and says nothing
    if kind == "interrupt":
        if outcome.report is None:
            # while Python itself starts, before it reads a line of bncheck, it ends as it likes
            return outcome.code not in (2, *(-number for number in ENDED_BY))
        known = verdicts(quiet.report)
        # what fails later may hold on the cases so far, and nothing else may be different
        fine = (("fails", "holds"), ("error", "holds"))
        odd = [
            key
            for key, verdict in verdicts(outcome.report).items()
            if verdict not in (known[key], "skipped") and (known[key], verdict) not in fine
        ]
        return bool(odd) or outcome.code not in (quiet.code, 2)
    if outcome.report is None:
        return True
    return (outcome.code, verdicts(outcome.report)) != (quiet.code, verdicts(quiet.report))


def _blames(outcome):
    """A traceback with a line of bncheck in it; Python's own start may be interrupted, too."""
    return "Traceback" in outcome.said and f"{ROOT}/bncheck" in outcome.said


def damaged(text, chance):
    """A file with some bytes changed, left out or doubled, or cut short."""
    data = bytearray(text.encode())
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randint(1, 20)]
            case 2:
                data[at:at] = data[at : at + chance.randint(1, 40)]
            case _:
                data = data[: max(at, 1)]
        data = data or bytearray(b"{")
    return bytes(data)


def quiet_runs():
    found = {}
    for name, source in TARGETS.items():
        with tempfile.TemporaryDirectory() as made:
            run = verify(Path(made), source)
            found[name] = run.finish()
            cases = sorted(Path(made, ".bncheck").glob("*.json"))
            saved = [case.read_text(encoding="utf-8") for case in cases]
        print(f"quiet {name}: exit {found[name].code}, {found[name].seconds:.1f} s")
    return found, saved


def attacked(name, kind, quiet, chance):
    with tempfile.TemporaryDirectory() as made:
        run = verify(Path(made), TARGETS[name])
        time.sleep(chance.uniform(0, quiet.seconds))
        hit = attack(run, kind, chance)
        outcome = run.finish()
        limit = 2 * quiet.seconds + 2 * max(CALL_LIMIT, 10 if kind == "stop" else 0) + 5
        return {
            "attacked": hit,
            "verdict changed": another(kind, quiet, outcome),
            "left behind": bool(run.left()) and hit,
            "exit 3": outcome.code == 3 or _blames(outcome),
            "over the limit": outcome.seconds > limit,
        }, outcome


def replayed(saved, quiet, chance):
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "bn.py").write_text(TARGETS["right"], encoding="utf-8")
        (folder / ".bncheck").mkdir()
        file = folder / ".bncheck" / "case.json"
        file.write_bytes(damaged(chance.choice(saved), chance))
        run = Run(folder, "replay", str(file.relative_to(folder)))
        outcome = run.finish()
        return {
            "attacked": True,
            # the layer is right: whatever case it is, it fails no law
            "verdict changed": outcome.code not in (0, 2, 3),
            "left behind": bool(run.left()),
            "exit 3": outcome.code == 3 or _blames(outcome),
            "over the limit": outcome.seconds > quiet.seconds + 2 * CALL_LIMIT + 5,
        }, outcome


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=60, help="how many attacks (60)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="*", default=[*KINDS, "file"], help="which of them")
    wanted = parser.parse_args()
    chance = random.Random(wanted.seed)  # noqa: S311 # attacks, not keys
    quiet, saved = quiet_runs()
    counts = {kind: Counter() for kind in wanted.kinds}
    for k in range(wanted.runs):
        kind = wanted.kinds[k % len(wanted.kinds)]
        name = chance.choice(sorted(TARGETS))
        if kind == "file":
            told, outcome = replayed(saved, quiet["right"], chance)
        else:
            told, outcome = attacked(name, kind, quiet[name], chance)
        counts[kind].update(["runs", *(what for what, true in told.items() if true)])
        if any(told[what] for what in BAD):
            print(f"run {k}, {kind} on {name}: {told}, exit {outcome.code}\n{outcome.said[-2000:]}")
    print(f"{'kind':12}{'runs':>6}{'attacked':>10}" + "".join(f"{what:>17}" for what in BAD))
    for kind, count in counts.items():
        shown = "".join(f"{count[what]:17}" for what in BAD)
        print(f"{kind:12}{count['runs']:6}{count['attacked']:10}{shown}")
    bad = sum(count[what] for count in counts.values() for what in BAD)
    print(f"seed {wanted.seed}: {wanted.runs} runs, {bad} of them bad")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
