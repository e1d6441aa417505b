"""A PostgreSQL of the tests' own: a fresh data folder, reached through a socket file only."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from glaucam import doctor


def binaries() -> Path | None:
    """The folder of the newest server's programs, or None."""
    (part,) = (part for part in doctor.SYSTEM_PARTS if part.name == "PostgreSQL")
    found = part.find()
    return Path(found).parent if found else None


@contextmanager
def postgres(programs: Path) -> Iterator[str]:
    """Run a server; yields the SQLAlchemy URL of an empty database. It refuses to run as root."""
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        folder, user = Path(name), pwd.getpwuid(os.geteuid()).pw_name
        as_user: list[str] = []
        if os.geteuid() == 0:
            user = "nobody"
            entry = pwd.getpwnam(user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            ids = ["--reuid", str(entry.pw_uid), "--regid", str(entry.pw_gid), "--clear-groups"]
            as_user = ["setpriv", *ids]

        def run(program: str, *words: str) -> None:
            command = [*as_user, str(programs / program), *words]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
            assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

        data, log = str(folder / "data"), str(folder / "log")
        run("initdb", "--pgdata", data, "--auth", "trust", "--username", user, "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "start", "--wait", "--pgdata", data, "--log", log, "--options", options)
        try:
            run("createdb", "--host", str(folder), "--username", user, "grades")
            yield f"postgresql+psycopg://{user}@/grades?host={folder}"
        finally:
            run("pg_ctl", "stop", "--mode", "immediate", "--pgdata", data)
