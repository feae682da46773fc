"""The parts of a run on a Dask cluster: what all of them need is sent once to every worker, the parts go to whoever is free.

A worker that is lost is made up for by the others (Dask gives its parts to them, and the files it left half-written are written
anew, for each part is written under a name of its own first). Nothing is left behind: a cluster of this machine ends with the
run, and of one that runs elsewhere only our tasks are taken back.
"""

from __future__ import annotations

import socket
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from .errors import ClusterError, JoptimizError, MissingDependencyError, ParameterError
from .messages import Message
from .progress import Progress

LOCAL = "local"
_TIMEOUT_S = 10
_POLL_S = 0.2


class Cluster:
    """A client of a cluster that answers."""

    def __init__(self, client: Any, address: str) -> None:
        self.client = client
        self.address = address

    def sentence(self) -> Message:
        """Who works."""
        workers = len(self.client.scheduler_info(n_workers=-1)["workers"])
        return Message("{count} workers of the Dask cluster {address}.", count=workers, address=self.address)

    def run(self, work: Callable[..., Any], plan: Any, jobs: list[tuple[Any, Any]], progress: Progress) -> Iterator[Any]:
        """What ``work(plan, part, given)`` gives for each of `jobs`, in their order; see `coverage_run`.

        Raises
        ------
        ClusterError
            No worker is left, or a part was lost with several workers.
        """
        from distributed import wait

        # As the result of a task and not as scattered data: what was on a lost worker alone is then made again.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it is large, and sent once
            spread = self.client.submit(_kept, plan, pure=False)
        futures = [self.client.submit(_at_work, work, spread, part, given, pure=False) for part, given in jobs]
        try:
            left = set(futures)
            while left:
                progress.step(1 - len(left) / len(futures))
                left = self._unfinished(wait, left)
            for future in futures:
                yield self._result(future)
        finally:
            for future in futures:
                future.cancel(force=True) if not future.done() else future.release()
            spread.release()

    def _unfinished(self, wait: Callable[..., Any], left: set[Any]) -> set[Any]:
        """Those of `left` that are not done after a moment; the error of the first that failed."""
        if self.client.status not in {"running", "connecting"}:
            raise ClusterError(
                "The Dask cluster {address} does not answer any more. Nothing was written. Start it again, then run again.", address=self.address
            )
        try:
            done = wait(left, timeout=_POLL_S, return_when="FIRST_COMPLETED")
        except TimeoutError:
            return left
        for future in done.done:
            if future.status != "finished":
                self._result(future)
        return set(done.not_done)

    def _result(self, future: Any) -> Any:
        try:
            return future.result(timeout=_TIMEOUT_S)
        except JoptimizError:
            raise
        except MemoryError:
            raise
        except Exception as error:
            raise ClusterError(
                "A part could not be worked on by the Dask cluster {address} ({cause}). Nothing was written. Give its workers more memory, "
                "or fewer threads each, and look into their logs.",
                address=self.address,
                cause=str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__,
            ) from error


def _kept(plan: Any) -> Any:
    return plan


def _at_work(work: Callable[..., Any], plan: Any, part: Any, given: Any) -> Any:
    return work(plan, part, given, Progress())


@contextmanager
def opened_cluster(address: str, workers: int | None = None) -> Iterator[Cluster]:
    """A cluster for the time of a run.

    Parameters
    ----------
    address : str
        ``local`` for one of this machine, else that of a running scheduler (``tcp://…``).
    workers : int, optional
        Processes of a local one; one a core where not given.

    Raises
    ------
    MissingDependencyError
        The library distributed is not installed.
    ParameterError
        `address` is neither.
    ClusterError
        Nobody answers there within ten seconds, or nobody works there.
    """
    try:
        import distributed
    except ImportError as error:
        raise MissingDependencyError(
            "--scheduler needs the Python library distributed, which is not installed here. In a terminal, type: {command}",
            command="python3 -m pip install distributed",
        ) from error
    if address != LOCAL and "://" not in address:
        raise ParameterError(
            "“{address}” is not the address of a Dask scheduler. Expected: local, or for example tcp://192.168.1.10:8786.", address=address
        )
    if workers is not None and workers < 1:
        raise ParameterError("The number of workers is {value}. Expected: a whole number of at least 1.", value=workers)
    with _client(distributed, address, workers) as client:
        yield Cluster(client, address)


@contextmanager
def _client(distributed: Any, address: str, workers: int | None) -> Iterator[Any]:
    if address == LOCAL:
        import os

        with distributed.LocalCluster(
            n_workers=workers or os.cpu_count(), threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as local, distributed.Client(local) as client:
            yield client
        return
    try:
        _greeted(address)
        client = distributed.Client(address, timeout=_TIMEOUT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(
            "The Dask cluster {address} does not answer within {seconds} s. Check the address, and that its scheduler runs.",
            address=address,
            seconds=_TIMEOUT_S,
        ) from error
    with client:
        if not client.scheduler_info(n_workers=-1)["workers"]:
            raise ClusterError("The Dask cluster {address} has no worker. Start one (dask worker {address}), then run again.", address=address)
        yield client


def _greeted(address: str) -> None:
    """Wait for the first word, which a scheduler says unasked: something else that listens there would be waited for without end."""
    place = urlsplit(address)
    if place.scheme != "tcp" or place.hostname is None or place.port is None:
        return
    with socket.create_connection((place.hostname, place.port), timeout=_TIMEOUT_S) as heard:
        heard.settimeout(_TIMEOUT_S)
        if not heard.recv(1):
            raise TimeoutError(address)
