"""What the plugin does where nobody asks for it: nothing."""

import subprocess
import sys

pytest_plugins = ["pytester"]


def test_the_plugin_imports_only_pytest():
    code = """
import sys, pytest
before = set(sys.modules)
import bncheck.pytest_plugin
print(sorted(n for n in set(sys.modules) - before if not n.startswith("bncheck")))
print(sorted(n for n in set(sys.modules) - before if n.startswith("bncheck")))
"""
    command = [sys.executable, "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    others, own = answer.stdout.splitlines()
    assert others == "[]"
    assert own == "['bncheck', 'bncheck.pytest_plugin', 'bncheck.version']"


def test_a_run_that_does_not_ask_imports_nothing_more(pytester):
    pytester.makepyfile(
        """
        import sys

        def test_own():
            own = {name for name in sys.modules if name.startswith("bncheck")}
            assert own == {"bncheck", "bncheck.pytest_plugin", "bncheck.version"}
        """
    )
    words = ["-p", "bncheck.pytest_plugin", "-p", "no:cacheprovider"]
    pytester.runpytest_subprocess(*words, timeout=60).assert_outcomes(passed=1)
