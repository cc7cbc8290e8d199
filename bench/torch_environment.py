"""The environment in which PyTorch on CPU is fastest. No torch here: loaders read it only when a process starts."""

import os
import sys

OPENMP_BLAS = "/usr/lib/x86_64-linux-gnu/openblas-openmp"
MARK = "ICICLE_TORCH_READY"


def has_flag(name):
    """Whether the processor has an instruction set."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:
            return any(line.startswith("flags") and name in line.split() for line in lines)
    except OSError:
        return False


def prepare(threads, tokens, tuned=True):
    """Starts the script again, once, with a clean environment.

    OPENBLAS_* goes, so that OpenBLAS picks its kernels by itself; OpenBLAS with OpenMP where it is installed.
    Tuned: memory stays with the process instead of going back to the system after every large tensor, and
    softmax takes the faster of its two forms.
    """
    if MARK in os.environ:
        return
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith(("OPENBLAS_", "OMP_", "GOMP_", "MKL_", "MALLOC_"))}
    environment.update({
        MARK: "1", "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads),
    })
    if tuned:
        environment["GLIBC_TUNABLES"] = ("glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=4294967296"
                                         ":glibc.malloc.top_pad=67108864")
    # PyTorch's AVX-512 softmax is slow over rows that are no multiple of 16, and fast otherwise.
    if tuned and has_flag("avx512f"):
        environment["ATEN_CPU_CAPABILITY"] = "avx2" if tokens % 16 else "avx512"
    if os.path.isdir(OPENMP_BLAS):
        environment["LD_LIBRARY_PATH"] = OPENMP_BLAS
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)
