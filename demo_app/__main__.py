"""``python -m demo_app [--host H] [--port N] [--model CKPT] [--folder DATA]``."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from demo_app.shelf import Shelf, fill_shelf
from glaucam.errors import InputError


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page until Ctrl-C. 0 done, 2 the user's input is wrong (one line on stderr)."""
    options = _options(arguments)
    try:
        _refuse_trust(options.trust)
        _refuse_taken_port(options.host, options.port)
        shelf = fill_shelf(options.model)
        with tempfile.TemporaryDirectory(prefix="glaucam_page_") as uploads:
            _serve(shelf, options, Path(uploads))
    except InputError as error:
        print(f"demo_app: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("demo_app", description="Serve the GlauCAM page.")
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (%(default)s)")
    parser.add_argument("--port", type=_port, default=7860, help="port to serve on (%(default)s)")
    parser.add_argument(
        "--model", action="append", default=[], metavar="CKPT",
        help="a checkpoint that `glaucam train` wrote; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--folder", metavar="DATA", help="a class folder whose errors the page shows"
    )
    parser.add_argument("--trust", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def _refuse_trust(trust: bool) -> None:
    """Whoever reaches a page may send it code: there is no way to run it outside the jail."""
    if trust:
        raise InputError(
            "--trust is refused on the page: visitors' notebooks run in the jail or not at all; "
            "install bubblewrap"
        )


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; expected 1 to 65535")
    return int(text)


def _refuse_taken_port(host: str, port: int) -> None:
    """Look before loading anything: a taken port is the commonest slip."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise InputError(
            f"cannot serve on {host} port {port} ({error.strerror or error}); "
            "choose another with --port N"
        ) from error


def _serve(shelf: Shelf, options: argparse.Namespace, uploads: Path) -> None:
    """Serve until stopped; uploads live in a folder of their own that goes with us."""
    os.environ.update(GRADIO_TEMP_DIR=str(uploads), GRADIO_ANALYTICS_ENABLED="False")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stop as on Ctrl-C: folder emptied
    from demo_app.page import build_page, serve  # Gradio reads the environment on import

    page = build_page(shelf, options.folder)
    try:
        _, address, _ = serve(page, options.host, options.port, prevent_thread_lock=True)
        print(f"GlauCAM serves on {address} (stop with Ctrl-C)", flush=True)
        page.block_thread()
    finally:
        page.close(verbose=False)


if __name__ == "__main__":
    sys.exit(main())
