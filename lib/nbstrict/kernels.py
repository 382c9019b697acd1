"""Kernels that start at once: forked from one process that has the imports.

In: a folder and an environment. Out: a fresh kernel in a process of its own, which has
run nothing but imports. Only the verification uses it, and only on Linux; elsewhere
kernels are started in the ordinary way, and both give the same bytes.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

IMPORTS = (
    "ipykernel.kernelapp",
    "compare.views.charts",
    "compare.views.tables",
    "compare.views.show",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "pylopdf_fonts_zh_cn",
    "seaborn",
)
OPTIONS = ["--HistoryManager.enabled=False", "--log-level=ERROR"]
LONGEST_SOCKET = 90


def can_fork() -> bool:
    """Tell whether this system can start kernels by forking."""
    return sys.platform == "linux"


class Nursery:
    """A process that has the imports, and forks a kernel when it is told to."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nbstrict.kernels"],
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the process; kernels that still run end with it."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def fork(self, folder: Path, file: Path, env: Mapping[str, str]) -> int:
        """Start a kernel in a folder; return the id of its process."""
        assert self.process.stdin and self.process.stdout
        order = {"folder": str(folder), "file": str(file), "env": dict(env)}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


class ForkedKernel:
    """What nbval wants of a kernel manager, for a kernel of a nursery."""

    def __init__(
        self, nursery: Nursery, folder: Path, scratch: Path, env: Mapping[str, str]
    ) -> None:
        from jupyter_client.connect import write_connection_file

        short = len(str(scratch)) < LONGEST_SOCKET
        file, _ = write_connection_file(
            str(scratch / "kernel.json"),
            ip=str(scratch / "kernel") if short else "127.0.0.1",
            transport="ipc" if short else "tcp",
            key=b"verification",
        )
        self.file = Path(file)
        self.pid = nursery.fork(folder, self.file, env)

    def client(self) -> Any:
        """Connect to the kernel."""
        from jupyter_client.blocking.client import BlockingKernelClient

        client = BlockingKernelClient(connection_file=str(self.file))
        client.load_connection_file()
        client.start_channels()
        return client

    def is_alive(self) -> bool:
        """Tell whether the process runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def interrupt_kernel(self) -> None:
        """Interrupt what the kernel does."""
        os.kill(self.pid, signal.SIGINT)

    def shutdown_kernel(self, now: bool = True) -> None:
        """End the process."""
        if self.is_alive():
            os.kill(self.pid, signal.SIGKILL)


def serve() -> None:
    """Import, then fork a kernel for each line on standard input."""
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    for name in IMPORTS:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        process = os.fork()
        if not process:
            _become_kernel(json.loads(line))
        print(process, flush=True)


def _become_kernel(order: Mapping[str, Any]) -> None:
    """Turn this process into a kernel; never returns."""
    from ipykernel.kernelapp import IPKernelApp

    try:
        parent = os.getppid()
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        os.environ.update(order["env"], JPY_PARENT_PID=str(parent))
        os.chdir(order["folder"])
        sys.argv = ["kernel"]
        IPKernelApp.launch_instance(argv=["-f", order["file"], *OPTIONS])
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve()
