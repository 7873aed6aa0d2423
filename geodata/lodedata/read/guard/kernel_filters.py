"""Landlock and seccomp: what the Linux kernel refuses to a process that reads an untrusted file.

Both are called by ctypes: no maintained library offers them without a C library of its own. Constants and structures are
those of linux/landlock.h, linux/seccomp.h, linux/filter.h and linux/capability.h; the process can't lift a restriction.
"""

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_VERSION = 1
"""Flag of landlock_create_ruleset that returns the version of the interface."""
PATH_BENEATH = 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
WRITE = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 14
"""To write, truncate, make and remove files and folders."""
FILE_RIGHTS: Mapping[int, int] = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
"""All rights on files that a version of Landlock knows; a right that a rule does not allow is refused."""
TCP_RIGHTS = 0b11
"""To bind and to connect, from version 4."""
SCOPES = 0b11
"""Abstract Unix sockets and signals of other processes, from version 6."""
O_PATH = 0x200000

PR_SET_KEEPCAPS, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 8, 22, 38
SECCOMP_MODE_FILTER = 2
CAPABILITY_VERSION = 0x20080522
CAP_DAC_READ_SEARCH = 2
LOAD, EQUALS, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | 1
"""Results of a filter; REFUSE makes the call fail with EPERM."""
X32_CALLS = 0x40000000
"""From this number on x86-64 takes calls of the x32 interface, which would pass a filter by numbers."""
ARCHITECTURES: Mapping[str, int] = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
REFUSED_CALLS: Mapping[str, Mapping[str, int]] = {
    "x86_64": {
        "socket": 41,
        "connect": 42,
        "accept": 43,
        "sendto": 44,
        "sendmsg": 46,
        "bind": 49,
        "listen": 50,
        "accept4": 288,
        "sendmmsg": 307,
        "execve": 59,
        "execveat": 322,
        "kill": 62,
        "tkill": 200,
        "rt_sigqueueinfo": 129,
        "rt_tgsigqueueinfo": 297,
        "pidfd_send_signal": 424,
        "pidfd_open": 434,
        "pidfd_getfd": 438,
        "ptrace": 101,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "mount": 165,
        "umount2": 166,
        "pivot_root": 155,
        "chroot": 161,
        "unshare": 272,
        "setns": 308,
        "init_module": 175,
        "finit_module": 313,
        "kexec_load": 246,
        "kexec_file_load": 320,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "perf_event_open": 298,
        "bpf": 321,
        "userfaultfd": 323,
        "open_by_handle_at": 304,
        "io_uring_setup": 425,
        "io_uring_enter": 426,
        "io_uring_register": 427,
    },
    "aarch64": {
        "socket": 198,
        "connect": 203,
        "accept": 202,
        "sendto": 206,
        "sendmsg": 211,
        "bind": 200,
        "listen": 201,
        "accept4": 242,
        "sendmmsg": 269,
        "execve": 221,
        "execveat": 281,
        "kill": 129,
        "tkill": 130,
        "rt_sigqueueinfo": 138,
        "rt_tgsigqueueinfo": 240,
        "pidfd_send_signal": 424,
        "pidfd_open": 434,
        "pidfd_getfd": 438,
        "ptrace": 117,
        "process_vm_readv": 270,
        "process_vm_writev": 271,
        "mount": 40,
        "umount2": 39,
        "pivot_root": 41,
        "chroot": 51,
        "unshare": 97,
        "setns": 268,
        "init_module": 105,
        "finit_module": 273,
        "kexec_load": 104,
        "kexec_file_load": 294,
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "perf_event_open": 241,
        "bpf": 280,
        "userfaultfd": 282,
        "open_by_handle_at": 265,
        "io_uring_setup": 425,
        "io_uring_enter": 426,
        "io_uring_register": 427,
    },
}
"""System calls that fail, by their numbers: networks, programs, other processes, and what else reading does not need."""


def get_landlock_version() -> int:
    """Return the version of Landlock in this kernel, 0 without it."""
    if sys.platform != "linux":
        return 0
    version: int = ctypes.CDLL(None, use_errno=True).syscall(LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_VERSION)
    return max(version, 0)


def list_missing_filters() -> list[str]:
    """Return the names of the restrictions that this kernel does not have."""
    filters = sys.platform == "linux" and platform.machine() in ARCHITECTURES
    seccomp = filters and "Seccomp_filters:" in Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return [name for name, there in (("Landlock", get_landlock_version() > 0), ("seccomp", seccomp)) if not there]


def allow_paths(read: Iterable[Path], written: Iterable[Path]) -> None:
    """Let this process read what is at or below some paths, write below others, and nothing else. Raise OSError."""
    libc, version = ctypes.CDLL(None, use_errno=True), get_landlock_version()
    rights = FILE_RIGHTS[min(version, max(FILE_RIGHTS))]
    attributes = struct.pack("QQQ", rights, TCP_RIGHTS if version >= 4 else 0, SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = _require(libc.syscall(LANDLOCK_CREATE_RULESET, attributes, size, 0))
    allowed_at = [*((path, READ_FILE | READ_DIR) for path in read), *((path, READ_FILE | READ_DIR | WRITE) for path in written)]
    for path, allowed in allowed_at:
        try:
            descriptor = os.open(path, O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        allowed &= rights if path.is_dir() else READ_FILE
        _require(libc.syscall(LANDLOCK_ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", allowed, descriptor), 0))
        os.close(descriptor)
    _require(libc.syscall(LANDLOCK_RESTRICT_SELF, rules, 0))
    os.close(rules)


def refuse_calls() -> None:
    """Make the calls in REFUSED_CALLS fail, and calls of another interface end the process. Raise OSError."""
    machine = platform.machine()
    numbers = sorted(REFUSED_CALLS[machine].values())
    tests = [(AT_LEAST, 0, 0, X32_CALLS)] if machine == "x86_64" else []
    tests += [(EQUALS, 0, 0, number) for number in numbers]
    program = [(LOAD, 0, 0, 4), (EQUALS, 1, 0, ARCHITECTURES[machine]), (RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
    for position, (code, _, _, value) in enumerate(tests):
        # from the next instruction: past the other tests and ALLOW to REFUSE, or to KILL behind it
        distance = len(tests) - position - 1 + (2 if code == AT_LEAST else 1)
        program.append((code, distance, 0, value))
    program += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE), (RETURN, 0, 0, KILL)]
    instructions = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *instruction) for instruction in program))
    head = ctypes.create_string_buffer(struct.pack("HP", len(program), ctypes.addressof(instructions)))
    _require(ctypes.CDLL(None, use_errno=True).prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, head, 0, 0))


def become(user: int) -> None:
    """Become another user and retain, of root's rights, the one to read files of all users. Raise OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    _require(libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    right = 1 << CAP_DAC_READ_SEARCH
    _require(libc.capset(struct.pack("Ii", CAPABILITY_VERSION, 0), struct.pack("6I", right, right, 0, 0, 0, 0)))


def gain_no_rights() -> None:
    """Keep programs from giving this process more rights; both restrictions require that. Raise OSError."""
    _require(ctypes.CDLL(None, use_errno=True).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def _require(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
