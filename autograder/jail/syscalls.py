"""Which system calls a kernel may make: a filter compiled outside by libseccomp, installed inside.

Every call that libseccomp knows and that is not refused below is allowed. Calls newer than it "do
not exist" (ENOSYS), so that a new Linux opens no new door. A call of another architecture kills.
Honest code must not notice: torch, DataLoader workers, subprocess and asyncio run under it.
"""

from __future__ import annotations

import base64
import errno
import socket
import tempfile
from functools import lru_cache
from typing import Any

HIGHEST = 1024  # no architecture numbers its calls beyond
NAMESPACES = (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
MISSING = (
    "no libseccomp on this machine: student code may make every system call (Debian, Ubuntu: "
    "apt-get install libseccomp2)"
)

REFUSED = {
    "own namespaces, and with them root's view of the machine": "unshare setns",
    "mounts": "mount umount umount2 pivot_root chroot mount_setattr move_mount open_tree "
    "open_tree_attr fsopen fsconfig fsmount fspick statmount listmount swapon swapoff quotactl "
    "quotactl_fd",
    "files by handle, past every mount": "open_by_handle_at name_to_handle_at",
    "other processes": "ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd "
    "kcmp move_pages migrate_pages",
    "key rings, which no namespace separates": "add_key request_key keyctl",
    "large and young parts of Linux": "io_uring_setup io_uring_enter io_uring_register bpf "
    "userfaultfd perf_event_open fanotify_init lookup_dcookie",
    "the machine itself": "init_module finit_module delete_module create_module kexec_load "
    "kexec_file_load reboot acct syslog iopl ioperm modify_ldt vm86 vm86old uselib ustat sysfs "
    "_sysctl nfsservctl vhangup sethostname setdomainname settimeofday stime clock_settime "
    "clock_adjtime clock_adjtime64 clock_settime64 adjtimex set_mempolicy mbind "
    "set_mempolicy_home_node personality",
    "memory that no limit counts": "memfd_create memfd_secret shmget shmat",
}


def refused_names() -> frozenset[str]:
    return frozenset(name for names in REFUSED.values() for name in names.split())


@lru_cache(maxsize=1)
def program() -> str:
    """The filter as base64 of its BPF instructions; "" where there is no libseccomp."""
    seccomp = library()
    if seccomp is None:
        return ""
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    rules.set_attr(seccomp.Attr.CTL_OPTIMIZE, 2)  # a binary tree: no call waits for all others
    for name in known_names(seccomp) - SPECIAL - refused_names():
        rules.add_rule(seccomp.ALLOW, name)
    for name in known_names(seccomp) & refused_names():
        rules.add_rule(seccomp.ERRNO(errno.EPERM), name)
    special_rules(seccomp, rules)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return base64.b64encode(file.read()).decode()


def library() -> Any:
    """pyseccomp, or None where the system has no libseccomp for it."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):
        return None
    return pyseccomp


def known_names(seccomp: Any) -> set[str]:
    """Every call of this architecture that the library has a name for."""
    names = set()
    for number in range(HIGHEST):
        try:
            names.add(seccomp.resolve_syscall(seccomp.Arch.NATIVE, number).decode())
        except ValueError:
            continue
    return names


SPECIAL = frozenset({"socket", "socketpair", "clone", "clone3"})


def special_rules(seccomp: Any, rules: Any) -> None:
    """Calls that depend on their arguments. ``clone3`` hides its own in memory: libc falls back."""
    local = seccomp.Arg(0, seccomp.EQ, socket.AF_UNIX)
    other = seccomp.Arg(0, seccomp.NE, socket.AF_UNIX)
    for name in ("socket", "socketpair"):
        rules.add_rule(seccomp.ALLOW, name, local)
        rules.add_rule(seccomp.ERRNO(errno.EAFNOSUPPORT), name, other)
    rules.add_rule(seccomp.ALLOW, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, sum(NAMESPACES), 0))
    for flag in NAMESPACES:
        rules.add_rule(
            seccomp.ERRNO(errno.EPERM), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag)
        )
