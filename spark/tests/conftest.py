"""What tests of truereach.spark share: one cluster of this machine, one session on it, two engines, two networks.

Tests that need the cluster are skipped where there can be none, with the reason.
"""

from __future__ import annotations

import os
import pathlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import truereach as tr

SPARK = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(SPARK))

from cluster import PATIENCE, SETTINGS, Cluster, Loss, losses, missing  # noqa: E402

#: How long an event may take to reach the log.
SOON = 20.0


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "ignore:PySpark does not yet fully support pandas:FutureWarning")


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A master and two workers of one core each. A test that kills any calls `restore` or uses `session_restored`."""
    problem = missing()
    if problem is not None:
        pytest.skip(problem)
    with Cluster(workers=2, cores=1, memory="2g", folder=tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="session")
def event_log(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Where the session says what happened."""
    return tmp_path_factory.mktemp("events")


@pytest.fixture(scope="session")
def session(cluster: Cluster, event_log: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session on the cluster; starting one takes seconds, so there is one for all tests."""
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    settings = {
        **SETTINGS,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        # Tests that kill half-way count the tasks that have ended, and must not be told late.
        "spark.ui.liveUpdate.period": "0",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.executor.memory": "2g",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        "spark.eventLog.enabled": "true",
        "spark.eventLog.compress": "false",
        "spark.eventLog.dir": event_log.as_uri(),
        # Functions of test modules are pickled by name.
        "spark.executorEnv.PYTHONPATH": os.pathsep.join([str(SPARK / "tests"), str(SPARK)]),
    }
    builder = SparkSession.builder.master(cluster.url).appName("truereach tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    cluster.ready(made.sparkContext.applicationId)
    yield made
    made.stop()


@pytest.fixture(scope="session")
def app(session: Any) -> str:
    """What the cluster calls the session."""
    return str(session.sparkContext.applicationId)


@pytest.fixture
def restored(cluster: Cluster, session: Any, app: str) -> Iterator[Cluster]:
    """The cluster for a test that kills: every worker with its executor before and after."""
    at_work(cluster, session, app)
    yield cluster
    cluster.restore()
    at_work(cluster, session, app)


def at_work(cluster: Cluster, session: Any, app: str) -> None:
    """Waits until each living worker has an executor that the driver gives tasks to: one that was started a moment ago
    has a process, and may get its first task when all is done."""
    until = time.monotonic() + PATIENCE
    while True:
        started = {executor.id for executor in cluster.ready(app)}
        known = session.sparkContext._jsc.sc().getExecutorIds()
        if started <= {known.apply(at) for at in range(known.size())}:
            return
        assert time.monotonic() < until, f"of the executors {sorted(started)} the driver knows {known.mkString(', ')}"
        time.sleep(0.05)


@pytest.fixture
def lost(event_log: pathlib.Path) -> Callable[[], list[Loss]]:
    """The tasks lost with their executors since the test began. Waits for one, so that none is a finding."""
    before = set(losses(event_log))

    def since() -> list[Loss]:
        until = time.monotonic() + SOON
        while True:
            found = [one for one in losses(event_log) if one not in before]
            if found or time.monotonic() > until:
                return found
            time.sleep(0.1)

    return since


@pytest.fixture(scope="session")
def engine_replicated(session: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Every worker maps the whole network."""
    from truereach import spark

    return spark.connect(session, local_dir=str(tmp_path_factory.mktemp("replicated")))


@pytest.fixture(scope="session")
def engine_partitioned(session: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Every worker holds its shards."""
    from truereach import spark

    folder = tmp_path_factory.mktemp("partitioned")
    store = str(folder / "store")
    return spark.connect(session, local_dir=str(folder / "local"), store=store, partitioned=True, shards=2, checkpoint_every=4)


@pytest.fixture(scope="session")
def rmat18(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """R-MAT of 2^18 accounts, 16 follows drawn for each."""
    path = tmp_path_factory.mktemp("rmat18") / "rmat18.trg"
    tr.generate_rmat(scale=18, edge_factor=16, output=path)
    return path


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A market small enough for every verb."""
    folder = tmp_path_factory.mktemp("market")
    tr.generate_market(people=20_000, worlds=100, output=folder / "market.trg", truth=folder / "market.truth.json")
    return folder / "market.trg"
