"""A crew of Dask workers: on this machine, or wherever an existing scheduler has them.

Bytes travel, results return; no file is shared. A worker that dies hands its job to another. Who
reaches a Dask port can run any code there, so a scheduler elsewhere must speak TLS.
"""

from __future__ import annotations

import ipaddress
import logging
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import dask
from distributed import Client, Future, KilledWorker, LocalCluster, Security, as_completed

from autograder.errors import Unfinished
from autograder.station import Done, Job, Task, carry_out, done_from, given_up, order_of
from glaucam.errors import InputError

WAIT = 60  # s for the first worker
AHEAD = 2  # jobs handed out per thread: one to do, one to wait
TLS_SETTINGS = "DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …__TLS__CLIENT__CERT, …__TLS__CLIENT__KEY"
QUIET = {
    "distributed.admin.tick.limit": "60s",  # a judge may hold its process for seconds
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.worker.memory.terminate": False,  # limits are the jail's
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.target": False,
}


class DaskCrew:
    """Jobs for the workers of a scheduler; each is tried again elsewhere when its worker dies."""

    def __init__(self, client: Client, task: Task) -> None:
        self._client, self._task = client, task

    def judge(self, jobs: Iterable[Job]) -> Iterator[Done]:
        """Hand out a few jobs per worker at a time, so that memory stays the same for any number.

        Raises Unfinished where the scheduler is lost.
        """
        keys: dict[Future, str] = {}
        running = as_completed(loop=self._client.loop)
        jobs = iter(jobs)
        self._hand_out(jobs, keys, running)
        for future in running:
            key = keys.pop(future)
            yield self._result(future, key)
            future.release()
            self._hand_out(jobs, keys, running)

    def _hand_out(
        self, jobs: Iterator[Job], keys: dict[Future, str], running: as_completed
    ) -> None:
        room = AHEAD * max(1, sum(self._client.nthreads().values())) - len(keys)
        for _, job in zip(range(room), jobs):  # noqa: B905  (as many as there is room for)
            order = order_of(self._task, job)
            future = self._client.submit(carry_out, order, pure=False, retries=0)
            keys[future] = job.key
            running.add(future)

    def _result(self, future: Future, key: str) -> Done:
        try:
            return done_from(future.result())
        except KilledWorker:
            why = "each of several judges died on this submission"
            return Done(key, given_up(self._task.assignment, why))
        except (OSError, TimeoutError, CancelledError) as error:
            raise Unfinished(f"the scheduler is lost ({error})") from error


@contextmanager
def open_cluster(task: Task, workers: int, scheduler: str | None) -> Iterator[DaskCrew]:
    """A crew on ``workers`` processes of our own, or on those of ``scheduler``."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it reports deaths we deal with
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(QUIET))
        client = connect(stack, scheduler) if scheduler else start(stack, workers)
        yield DaskCrew(client, task)


def start(stack: ExitStack, workers: int) -> Client:
    """Worker processes on this machine that end with ``stack``, or with this process."""
    place = stack.enter_context(tempfile.TemporaryDirectory(prefix="grade-"))
    cluster = LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        memory_limit=0,
        local_directory=place,
        silence_logs=logging.CRITICAL,
    )
    stack.enter_context(cluster)
    return stack.enter_context(Client(cluster, set_as_default=False))


def connect(stack: ExitStack, scheduler: str) -> Client:
    """A client of an existing scheduler with at least one worker; InputError where there is none.

    The certificates come from Dask's own settings.
    """
    security = security_for(scheduler)
    try:
        client = stack.enter_context(
            Client(scheduler, security=security, set_as_default=False, timeout=20)
        )
        client.wait_for_workers(1, timeout=WAIT)
    except (OSError, TimeoutError) as error:
        said = " ".join(str(error).split())[:200]
        raise InputError(
            f"{scheduler}: no scheduler with a worker answers there ({said})"
        ) from error
    return client


def security_for(scheduler: str) -> Security:
    """TLS, or nothing on loopback; InputError for anything else."""
    address = urlsplit(scheduler)
    if address.scheme == "tcp" and is_loopback(address.hostname or ""):
        return Security(require_encryption=False)
    if address.scheme != "tls":
        raise InputError(
            f"{scheduler}: expected tls://HOST:PORT (or tcp:// on this machine): whoever reaches "
            "an open Dask port can run any code there"
        )
    security = Security(require_encryption=True)
    if not (security.tls_ca_file and security.tls_client_cert):
        raise InputError(f"{scheduler}: TLS needs certificates: set {TLS_SETTINGS} to their files")
    return security


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
