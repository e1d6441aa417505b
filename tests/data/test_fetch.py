"""Downloads from a server on this machine: whole, broken off, changed, refused."""

import hashlib
import io
import json
import re
import shutil
import subprocess
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from glaucam import cli
from glaucam.data import open_data
from glaucam.data.card_schema import load_card
from glaucam.data.cards import find_card
from glaucam.data.download import download
from glaucam.data.fetch import fetch, unpack
from glaucam.errors import DataError, UnknownName

BODY = np.random.default_rng(0).integers(0, 256, 300_000, np.uint8).tobytes()
SHA = "sha256:" + hashlib.sha256(BODY).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves ``files``; breaks off after ``break_after`` bytes, as often as ``breaks`` says."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.asked = {"/eyes.bin": BODY}, []
        self.break_after, self.breaks = None, 0
        self.tag, self.ranges = '"one"', True

    def url(self, path="/eyes.bin"):
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        server, body = self.server, self.server.files.get(self.path)
        asked = self.headers.get("Range") if server.ranges else None
        server.asked.append(self.headers.get("Range"))
        if body is None:
            return self.answer(404, b"")
        changed = self.headers.get("If-Range") not in (None, server.tag)
        if not asked or changed:
            return self.answer(200, body)
        start = int(re.fullmatch(r"bytes=(\d+)-", asked).group(1))
        if start >= len(body):
            return self.answer(416, b"", {"Content-Range": f"bytes */{len(body)}"})
        where = f"bytes {start}-{len(body) - 1}/{len(body)}"
        return self.answer(206, body[start:], {"Content-Range": where})

    def answer(self, code, body, headers=None):
        server = self.server
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        if server.tag:
            self.send_header("ETag", server.tag)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if code < 300 and server.breaks > 0:
            server.breaks -= 1
            self.wfile.write(body[: server.break_after])
            self.close_connection = True
        else:
            self.wfile.write(body)


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_file_arrives_whole_and_is_not_fetched_twice(server, tmp_path):
    seen = []
    path = download(server.url(), tmp_path / "a" / "eyes.bin", SHA, lambda *told: seen.append(told))
    assert path.read_bytes() == BODY
    assert seen[-1] == (len(BODY), len(BODY))
    assert names(path.parent) == ["eyes.bin"]
    download(server.url(), path, SHA)
    assert len(server.asked) == 1


def test_broken_transfer_goes_on_where_it_stopped(server, tmp_path):
    server.break_after, server.breaks = 100_000, 2
    path = download(server.url(), tmp_path / "eyes.bin", SHA)
    assert path.read_bytes() == BODY
    assert server.asked == [None, "bytes=100000-", "bytes=200000-"]
    assert names(tmp_path) == ["eyes.bin"]


def test_what_came_is_kept_for_the_next_call(server, tmp_path):
    server.break_after, server.breaks = 10_000, 3
    with pytest.raises(DataError, match=r"stopped after 30000 bytes.*goes on from there"):
        download(server.url(), tmp_path / "eyes.bin", SHA)
    assert names(tmp_path) == ["eyes.bin.part", "eyes.bin.part.mark"]
    assert download(server.url(), tmp_path / "eyes.bin", SHA).read_bytes() == BODY
    assert server.asked[-1] == "bytes=30000-"


def test_file_that_changed_meanwhile_is_begun_anew(server, tmp_path):
    server.break_after, server.breaks = 10_000, 3
    with pytest.raises(DataError):
        download(server.url(), tmp_path / "eyes.bin")
    server.files["/eyes.bin"], server.tag = BODY[::-1], '"two"'
    assert download(server.url(), tmp_path / "eyes.bin").read_bytes() == BODY[::-1]


@pytest.mark.parametrize("weak", [None, 'W/"one"'])
def test_without_a_strong_mark_or_hash_nothing_is_mixed(server, tmp_path, weak):
    server.tag, server.break_after, server.breaks = weak, 10_000, 3
    with pytest.raises(DataError):
        download(server.url(), tmp_path / "eyes.bin")
    assert server.asked == [None, None, None]
    server.files["/eyes.bin"] = BODY[::-1]
    assert download(server.url(), tmp_path / "eyes.bin").read_bytes() == BODY[::-1]


def test_server_without_ranges_begins_anew(server, tmp_path):
    server.ranges, server.break_after, server.breaks = False, 50_000, 1
    assert download(server.url(), tmp_path / "eyes.bin", SHA).read_bytes() == BODY


def test_whole_part_that_was_not_moved_yet(server, tmp_path):
    (tmp_path / "eyes.bin.part").write_bytes(BODY)
    assert download(server.url(), tmp_path / "eyes.bin", SHA).read_bytes() == BODY
    (tmp_path / "more.bin.part").write_bytes(BODY + b"too much")
    assert download(server.url(), tmp_path / "more.bin", SHA).read_bytes() == BODY


def test_wrong_hash_leaves_nothing_behind(server, tmp_path):
    server.files["/eyes.bin"] = BODY[:-1] + b"!"
    with pytest.raises(DataError) as caught:
        download(server.url(), tmp_path / "eyes.bin", SHA)
    for word in ("sha256 is", f"expected {SHA[7:]}", "deleted", "fetch again"):
        assert word in str(caught.value)
    assert names(tmp_path) == []


def test_other_file_in_the_place_is_not_overwritten(server, tmp_path):
    (tmp_path / "eyes.bin").write_text("mine")
    with pytest.raises(DataError, match="move it away"):
        download(server.url(), tmp_path / "eyes.bin", SHA)
    assert (tmp_path / "eyes.bin").read_text() == "mine"


def test_address_that_is_not_there(server, tmp_path):
    with pytest.raises(DataError, match=r"404.*check the address"):
        download(server.url("/other"), tmp_path / "eyes.bin")
    with pytest.raises(DataError, match="stopped after 0 bytes"):
        download("http://127.0.0.1:9/eyes.bin", tmp_path / "eyes.bin")
    assert names(tmp_path) == []


@pytest.fixture
def card(server, tmp_path, monkeypatch):
    """A card whose images come as one archive from the server."""
    from PIL import Image

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("Im001_ACRIMA", "Im002_g_ACRIMA"):
            picture = io.BytesIO()
            Image.new("RGB", (12, 10), (90, 60, 30)).save(picture, "JPEG")
            archive.writestr(f"Images/{name}.jpg", picture.getvalue())
    server.files["/eyes.zip"] = packed.getvalue()
    known = "sha256:" + hashlib.sha256(packed.getvalue()).hexdigest()
    text = find_card("acrima").path.read_text(encoding="utf-8").replace("name: acrima", "name: net")
    url = server.url("/eyes.zip")
    text += f'files: [{{url: "{url}", name: eyes.zip, hash: "{known}", unpack: Database}}]\n'
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "net.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("GLAUCAM_CARDS", str(tmp_path / "cards"))
    monkeypatch.setenv("GLAUCAM_DATA", str(tmp_path / "data"))
    return load_card(tmp_path / "cards" / "net.yaml")


def test_fetch_unpacks_and_the_set_opens(card, tmp_path, capsys):
    assert cli.main(["data", "fetch", "net", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["downloaded"] == [str(tmp_path / "data" / "net" / "eyes.zip")]
    assert names(tmp_path / "data" / "net") == ["Database", "eyes.zip"]
    assert open_data("net").labels.tolist() == [0, 1]
    assert cli.main(["data", "fetch", "net"]) == 0  # again: nothing to do


def test_failed_fetch_says_the_steps_too(card, server):
    server.files.clear()
    with pytest.raises(DataError, match=r"404.*or by hand: Open the source page"):
        fetch(card)


def test_broken_archive_leaves_no_half_folder(tmp_path):
    (tmp_path / "eyes.zip").write_bytes(b"PK\x03\x04 cut short")
    with pytest.raises(DataError, match=r"cannot be unpacked.*by hand"):
        unpack(tmp_path / "eyes.zip", tmp_path / "eyes")
    assert names(tmp_path) == ["eyes.zip"]


def test_archive_does_not_leave_its_folder(tmp_path):
    with zipfile.ZipFile(tmp_path / "eyes.zip", "w") as archive:
        archive.writestr("../../outside.txt", "x")
    unpack(tmp_path / "eyes.zip", tmp_path / "eyes")
    assert not (tmp_path.parent / "outside.txt").exists()
    assert (tmp_path / "eyes" / "outside.txt").is_file()


def test_fetch_by_hand_gives_the_steps(capsys):
    assert cli.main(["data", "fetch", "airogs", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["downloaded"] == []
    assert "zenodo.org" in told["steps"][0]
    assert cli.main(["data", "fetch", "aiorgs"]) == 2
    assert "did you mean 'airogs'" in capsys.readouterr().err
    with pytest.raises(UnknownName):
        find_card("phantom_fundus")


def test_medmnist_is_fetched_with_the_package_s_own_hash(server, tmp_path, monkeypatch):
    import medmnist

    said = {**medmnist.INFO["retinamnist"], "url_64": server.url(),
            "MD5_64": hashlib.md5(BODY).hexdigest()}  # fmt: skip
    monkeypatch.setitem(medmnist.INFO, "retinamnist", said)
    told = fetch(find_card("retinamnist"), tmp_path)
    assert told["downloaded"] == [str(tmp_path / "retinamnist_64.npz")]
    said["MD5_64"] = "0" * 32
    (tmp_path / "retinamnist_64.npz").unlink()
    with pytest.raises(DataError, match="md5 is"):
        fetch(find_card("retinamnist"), tmp_path)


READ_ONLY = """
mount -t tmpfs tmpfs {folder} && mkdir {folder}/normal {folder}/glaucoma &&
cp {image} {folder}/normal/a.png && cp {image} {folder}/glaucoma/b.png &&
mount -o remount,ro {folder} || exit 99
{command}
"""


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("data split {folder}", "splits.csv: cannot be written (Read-only file system)"),
        ("data fetch net --root {folder}/net", "cannot be written (Read-only file system)"),
        ("data make --out {folder}/new --n 1", "cannot be written (Read-only file system)"),
        ("train --data {folder} --out {folder}/run", "(Read-only file system)"),
    ],
)
def test_read_only_folder_gets_one_line(card, tmp_path, command, words):
    """Root writes through permissions, so the folder is a read-only mount of its own."""
    import os
    import sys

    from PIL import Image

    if not shutil.which("unshare") or os.geteuid() != 0:
        if os.environ.get("CI"):
            pytest.fail("a private mount needs root and util-linux")
        pytest.skip("a private mount needs root and util-linux")
    folder = tmp_path / "mounted"
    folder.mkdir()
    Image.effect_noise((40, 30), 60).save(tmp_path / "eye.png")
    program = f"{sys.executable} -m glaucam {command.format(folder=folder)}"
    script = READ_ONLY.format(folder=folder, image=tmp_path / "eye.png", command=program)
    run = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script], capture_output=True, text=True, check=False
    )
    if run.returncode == 99 and not os.environ.get("CI"):
        pytest.skip(f"no private mount here: {run.stderr.strip()}")
    assert run.returncode == 2, run.stderr
    assert words in run.stderr
    assert "Traceback" not in run.stderr
