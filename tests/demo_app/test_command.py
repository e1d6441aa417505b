"""``python -m demo_app``: what it refuses, and what it leaves behind."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from demo_app.__main__ import main

ROOT = Path(__file__).parents[2]


def one_line(code, out, err):
    assert code == 2
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    return err


def test_a_taken_port_is_told_in_one_line():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "demo_app", "--port", port],
            cwd=ROOT, capture_output=True, text=True, timeout=90,
        )  # fmt: skip
    message = one_line(done.returncode, done.stdout, done.stderr)
    assert port in message
    assert "--port" in message


@pytest.mark.parametrize("content", [None, b"", b"not a checkpoint"])
def test_a_bad_model_is_told_in_one_line(tmp_path, port, capsys, content):
    path = tmp_path / "model.safetensors"
    if content is not None:
        path.write_bytes(content)
    assert str(path) in one_line(
        main(["--model", str(path), "--port", str(port)]), *capsys.readouterr()
    )


def test_a_model_of_other_classes_is_told_in_one_line(tmp_path, port, capsys):
    from glaucam import save_checkpoint
    from glaucam.data import Preprocessing
    from glaucam.models import build_model

    path, classes = tmp_path / "other.safetensors", ["NORMAL", "CNV", "DME", "MACULAR HOLE"]
    header = {"model": "retinal_cnn", "classes": classes}
    header["preprocessing"] = Preprocessing().to_dict()
    save_checkpoint(path, build_model("retinal_cnn", 4), header)
    message = one_line(main(["--model", str(path), "--port", str(port)]), *capsys.readouterr())
    assert "(normal, glaucoma) or (NORMAL, CNV, DME, DRUSEN)" in message


@pytest.mark.slow
def test_uploads_go_when_the_page_stops(launch, tmp_path, phantom_file):
    from gradio_client import Client, handle_file

    server = launch(tmp_path)
    client = Client(server.address, verbose=False)
    client.predict(handle_file(str(phantom_file)), api_name="/compare")
    assert any(path.suffix == ".png" for path in tmp_path.rglob("*"))
    assert server.stop() == 0
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_trust_is_refused(capsys, port):
    message = one_line(main(["--trust", "--port", str(port)]), *capsys.readouterr())
    assert "in the jail or not at all" in message
