"""Prototypes as people have them in headers, and texts that are none."""

import pytest
from compiled import KERNELS
from golden_files import check

from bncheck.errors import TargetError, UsageError
from bncheck.targets.native.prototypes import Argument, read


def one(text):
    (prototype,) = read(text)
    return prototype


def test_pointers_and_numbers():
    prototype = one("void bn(const half *x, float *y, int64_t n, float eps);")

    assert prototype.name == "bn"
    assert prototype.status == ""
    assert prototype.arguments == (
        Argument("x", "half", pointer=True, const=True),
        Argument("y", "float", pointer=True),
        Argument("n", "int64_t"),
        Argument("eps", "float"),
    )
    assert [str(a) for a in prototype.arguments][:2] == ["const half *x", "float *y"]


@pytest.mark.parametrize(
    "written",
    [
        "const float *x",
        "float const *x",
        "const float* x",
        "const float x[]",
        "const float x[32]",
        "const float *restrict x",
        "const float * __restrict__ const x",
        "const volatile float\n   *x",
        "const /* the batch */ float *x",
        "const float *x  // the batch\n",
    ],
)
def test_ways_to_write_a_pointer(written):
    assert one(f"void bn({written})").arguments == (Argument("x", "float", True, True),)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("unsigned int n", "unsigned"),
        ("long int n", "long"),
        ("signed long long n", "long long"),
        ("unsigned long int n", "unsigned long"),
        ("std::size_t n", "size_t"),
        ("const int n", "int"),
        ("bool n = true", "bool"),
    ],
)
def test_types_of_numbers(written, read_as):
    assert one(f"void bn({written});").arguments == (Argument("n", read_as),)


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("void bn(float *x)", ""),
        ("extern void bn(float *x);", ""),
        ('extern "C" void bn(float *x);', ""),
        ('extern "C" {\nvoid bn(float *x);\n}', ""),
        ("BN_API int bn(float *x);", "int"),
        ("int __cdecl bn(float *x);", "int"),
        ('__attribute__((visibility("default"))) int32_t bn(float *x);', "int32_t"),
        ("__declspec(dllexport) static inline void bn(float *x) noexcept;", ""),
        ("[[nodiscard]] long int bn(float *x);", "long"),
    ],
)
def test_what_stands_in_front(written, status):
    assert one(written).status == status


def test_names_of_types_that_the_text_declares():
    text = "typedef _Float16 number; typedef unsigned short bits; void bn(number *x, bits *y);"

    assert [a.type for a in one(text).arguments] == ["_Float16", "unsigned short"]


def test_a_whole_header():
    found = read((KERNELS / "running.h").read_text(encoding="utf-8"))

    assert [p.name for p in found] == ["batch_norm_train", "batch_norm_eval", "batch_norm_backward"]
    assert [len(p.arguments) for p in found] == [13, 10, 11]


STRANGE = [
    "",
    "hello world",
    "int bn;",
    "void bn(const float *x) { return; }",
    "cudaError_t bn(float *x);",
    "float *bn(float *x);",
    "float bn(float *x);",
    "__global__ void bn(float *x);",
    "template <typename T> void bn(const T *x);",
    "void bn(const float *, int);",
    "void bn(int);",
    "void bn(unsigned int);",
    "void bn(float **x);",
    "void bn(float *x[3]);",
    "void bn(const float &x);",
    "void bn(struct tensor x);",
    "void bn(float *x, cudaStream_t stream);",
    "void bn(float *x, ...);",
    "void bn(void (*f)(int));",
    "#define BN(x) void bn(float *x)",
]


def test_what_is_no_prototype():
    told = []
    for text in STRANGE:
        with pytest.raises(TargetError) as caught:
            read(text)
        assert len(str(caught.value).splitlines()) <= 5
        told.append(f"{text}\n-> {caught.value}\n")
    check("native-prototypes.txt", "\n".join(told))


def test_no_text():
    with pytest.raises(UsageError, match="prototypes=3, but should be a text of C prototypes"):
        read(3)
