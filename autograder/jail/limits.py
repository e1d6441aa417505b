"""What one submission may use. One place, passed to the kernel as environment."""

from __future__ import annotations

from dataclasses import asdict, dataclass

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds on one kernel. Seconds and bytes; processes and threads count together."""

    start_seconds: float = 60.0
    cell_seconds: float = 20.0
    call_seconds: float = 20.0
    notebook_seconds: float = 180.0
    cpu_seconds: int = 240
    memory: int = 4096 * MIB
    tmp: int = 256 * MIB
    file_size: int = 128 * MIB
    processes: int = 96
    open_files: int = 256

    def rlimits(self) -> dict[str, int]:
        """What the kernel's first lines hand to ``resource.setrlimit``, by RLIMIT name."""
        return {
            "CPU": self.cpu_seconds,
            "DATA": self.memory,
            "AS": 3 * self.memory,  # shared memory is no data; torch alone maps 3 GiB
            "FSIZE": self.file_size,
            "NPROC": self.processes,
            "NOFILE": self.open_files,
            "CORE": 0,
        }

    def as_dict(self) -> dict[str, float]:
        return asdict(self)
