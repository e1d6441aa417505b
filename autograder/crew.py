"""Judge many submissions, here or in several processes; results come as they are ready."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

from autograder.jail.process import Walls
from autograder.station import Done, Job, Station, Task, new_task, open_station


class Crew(Protocol):
    """Whoever judges: a result depends on nothing but its job and the run's seed."""

    def judge(self, jobs: Iterable[Job]) -> Iterator[Done]: ...


class Alone:
    """One station in this process."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def judge(self, jobs: Iterable[Job]) -> Iterator[Done]:
        for job in jobs:
            yield self._station.work(job)


@contextmanager
def open_crew(
    task: Task, workers: int = 1, scheduler: str | None = None, walls: Walls | None = None
) -> Iterator[Crew]:
    """A crew that begins to get ready at once: here, on a local cluster, or on the one given.

    ``walls``: begun before, for a crew in this process.
    """
    with ExitStack() as stack:
        if workers > 1 or scheduler is not None:
            from autograder.cluster import open_cluster  # Dask, which one worker can do without

            yield stack.enter_context(open_cluster(task, workers, scheduler))
        else:
            yield Alone(open_station(stack, task, walls))


def judge_all(
    assignment_id: str, jobs: list[Job], seed: int, trust: bool = False, workers: int = 1
) -> Iterator[Done]:
    """Judge every job with one seed, in whatever order they come out."""
    with open_crew(new_task(assignment_id, seed, trust), min(workers, len(jobs))) as crew:
        yield from crew.judge(jobs)


__all__ = ["Crew", "Done", "Job", "judge_all", "open_crew"]
