"""The collector as it is, started so that it dies where it is told to, or lives faster.

    COLLECTOR_FAIL_AT=before_commit:3 python -m tools.faults.launcher serve

`COLLECTOR_FAIL_AT` names a fail point (see fail_points.py), `COLLECTOR_LEASE_S` a short lease in
seconds. Both leave the environment before the collector reads it.
"""

from __future__ import annotations

import os

from collector.cli import main
from collector.delivery import worker
from collector.delivery.sender import TOTAL_S, Sender
from collector.domain.times import SECOND
from collector.storage import claims, leases
from tools.faults.fail_points import arm


def shorten_leases(lease_s: float) -> None:
    """Shorten the lease, and in proportion an attempt's longest time and the reaper's round."""
    share = lease_s * SECOND / leases.LEASE
    setattr(claims, "LEASE", round(lease_s * SECOND))  # noqa: B010  (the product has no such setting)
    setattr(worker, "TEND_S", worker.TEND_S * share)  # noqa: B010  (the same)
    Sender.__init__.__kwdefaults__ = {"total_s": TOTAL_S * share}


def start() -> None:
    """Prepare the process, then be the collector."""
    wish = os.environ.pop("COLLECTOR_FAIL_AT", None)
    lease_s = os.environ.pop("COLLECTOR_LEASE_S", None)
    if lease_s:
        shorten_leases(float(lease_s))
    if wish:
        arm(wish)
    main()


if __name__ == "__main__":
    start()
