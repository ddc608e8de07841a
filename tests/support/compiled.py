"""Small C files compiled into shared libraries, as their authors would compile them."""

import shutil
import subprocess
from pathlib import Path

import pytest

KERNELS = Path(__file__).with_name("c_kernels")


def library(source, folder, *flags, name=""):
    """Compile a file, or a text, into a library of its name; skip where nothing can."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    if isinstance(source, str):
        text, source = source, folder / f"{name or 'kernel'}.c"
        source.write_text(text, encoding="utf-8")
    built = folder / f"lib{name or source.stem}.so"
    strict = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    subprocess.run([compiler, *strict, *flags, str(source), "-o", str(built), "-lm"], check=True)
    return built


def kernel(name, folder, *flags):
    """Compile one of the kernels in ``c_kernels``."""
    return library(KERNELS / f"{name}.c", folder, *flags)
