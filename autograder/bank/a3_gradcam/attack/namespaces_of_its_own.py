# attack: becomes root in a user namespace of its own, and covers and opens what that root may
# on: empty
# harm: any user of most Linux machines may do so (--trust, plain nbgrader): the kernel's whole attack surface
# %%
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
NEW_USER, NEW_MOUNTS = 0x10000000, 0x20000
gained = []
if os.fork() == 0:  # unshare wants a process of one thread
    status = 2 if libc.unshare(NEW_USER | NEW_MOUNTS) else 0
    if not status:
        status = 1 if libc.mount(b"tmpfs", b"/var", b"tmpfs", 0, b"") else 0
    os._exit(status)
if os.waitstatus_to_exitcode(os.wait()[1]) < 2:
    gained.append("namespace")
