"""What nginx.conf says agrees with the collector; nginx itself is in tests/e2e/test_nginx.py."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
import uvicorn

from collector.app import TOUCHES_PER_FORM
from collector.cli.serve import SERVER
from collector.config import load
from collector.web.client import Client
from collector.web.limits import FAR_OVER
from tests.nginx import CONF

TEXT = CONF.read_text()


def test_the_linter_finds_only_that_live_pages_are_not_buffered() -> None:
    command = [sys.executable, "-m", "gixy", "-f", "json", str(CONF)]
    found = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    assert [(one["plugin"], one["severity"]) for one in found] == [
        ("proxy_buffering_off", "MEDIUM")
    ]


def test_the_file_is_complete_in_itself() -> None:
    assert not re.search(r"^\s*include\b", TEXT, re.MULTILINE)


def test_workers_run_as_debians_web_user() -> None:
    """Without the line nginx takes `nobody`, whom other programs may share."""
    assert re.findall(r"^user\s+(\S+);", TEXT, re.MULTILINE) == ["www-data"]


def test_the_error_log_is_too_quiet_for_request_lines() -> None:
    levels = re.findall(r"^\s*error_log\s+\S+(.*);", TEXT, re.MULTILINE)
    assert [level.strip() for level in levels] == ["crit"]


def test_descriptors_suffice_for_every_connection_and_its_upload() -> None:
    (connections,) = re.findall(r"worker_connections (\d+);", TEXT)
    (descriptors,) = re.findall(r"worker_rlimit_nofile (\d+);", TEXT)
    assert int(connections) >= 4096
    assert int(descriptors) >= 3 * int(connections)


def test_nginx_limits_posts_only_where_the_collector_would_refuse_them() -> None:
    per_minute = load({}).rate_limit
    zones = dict(re.findall(r"zone=(\w+):10m\s+rate=(\d+)r/m", TEXT))
    bursts = set(re.findall(r"zone=(\w+) burst=(\d+) nodelay", TEXT))
    limits = {"touches": per_minute * TOUCHES_PER_FORM, "forms": per_minute * FAR_OVER}
    for zone, limit in limits.items():
        assert int(zones[zone]) == limit
        assert (zone, str(limit)) in bursts


def test_an_idle_connection_ends_here_before_the_collector_ends_it() -> None:
    upstream = re.search(r"upstream collector \{.*?keepalive_timeout (\d+)s", TEXT, re.DOTALL)
    assert upstream
    assert int(upstream[1]) < uvicorn.Config("", **SERVER).timeout_keep_alive


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::5", "2001:db8:1:2:aaaa:bbbb:cccc:dddd"),
        ("2001:db8:1:2::5", "2001:db8:1:3::5"),
        ("2001:db8::1", "2001:db8::aaaa:bbbb:cccc:dddd"),
        ("2001:db8:1::1", "2001:db8:1::aaaa:bbbb:cccc:dddd"),
        ("2001:db8:1::1", "2001:db8:1:1::1"),
        ("192.0.2.1", "192.0.2.2"),
        ("192.0.2.1", "192.0.2.1"),
    ],
)
def test_nginx_counts_a_household_as_the_collector_does(one: str, other: str) -> None:
    patterns = re.findall(r'"~(\^\(\?<.*)"\s+\$(?:first_four|before_zeros);', TEXT)
    assert len(patterns) == 2

    def household(address: str) -> str:
        found = (re.match(pattern.replace("(?<", "(?P<"), address) for pattern in patterns)
        return next((match[1] for match in found if match), address)

    def rate_key(address: str) -> str:
        return Client(address=address, scheme="https", host="", prefix="", forwarded=True).rate_key

    assert (household(one) == household(other)) == (rate_key(one) == rate_key(other))
