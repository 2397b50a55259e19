"""What no linter checks about the checkout itself. The wheel and tools/dev.py: tests/project."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import collector

ROOT = Path(__file__).resolve().parents[1]
RUNTIME_LOCK = ROOT / "tools" / "requirements.lock"
TEST_LOCK = ROOT / "tools" / "requirements-test.lock"

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40

#: Modules without a unit test file of their own, each with the reason.
WITHOUT_UNIT_TEST = {
    "__main__.py": "two lines; tests/project/test_wheel.py starts the program",
    "cli/capture_rows.py": "tests/unit/cli/test_capture.py",
    "cli/doctor_front.py": "tests/unit/cli/test_doctor.py and tests/e2e/test_doctor.py",
    "cli/doctor_here.py": "tests/unit/cli/test_doctor.py",
    "cli/doctor_store.py": "tests/unit/cli/test_doctor.py",
    "cli/finding.py": "words and values; tests/unit/cli/test_doctor.py",
    "cli/preview.py": "tests/unit/cli/test_mapping.py prints with it",
    "cli/setup_capture.py": "tests/unit/cli/test_apply.py",
    "cli/setup_change.py": "tests/unit/cli/test_apply.py",
    "cli/setup_plan.py": "tests/unit/cli/test_apply.py",
    "cli/work.py": "tests/e2e/test_postgresql.py runs two of them",
    "domain/live_check_faults.py": "data; tests/unit/domain/test_live_check.py has a row for each",
    "domain/live_check_lead_signs.py": "tests/unit/domain/test_live_check.py, its tables",
    "domain/live_check_scene.py": "tests/unit/domain/test_live_check.py, its tables",
    "domain/live_check_signs.py": "tests/unit/domain/test_live_check.py, its tables",
    "storage/landing_faults.py": "tests/contract/test_links.py",
    "storage/backup_tables.py": "tests/unit/storage/test_tables.py",
    "storage/backups.py": "tests/contract/test_status.py, on every database",
    "storage/check_reports.py": "tests/contract/test_check_reports.py, on every database",
    "storage/check_tables.py": "tests/unit/storage/test_tables.py",
    "web/check_scenes.py": "tests/unit/web/console/test_verify.py",
    "domain/delivery.py": "words and values, no behaviour",
    "domain/inspection_texts.py": "data; tests/unit/domain/test_inspection.py hears most of it",
    "domain/said.py": "two lines; tests/unit/domain/test_inspection.py hears it",
    "delivery/rehearsal.py": "tests/unit/web/console/test_inspect.py",
    "site_check/pastes.py": "data; tests/unit/web/console/test_check_site.py pastes some",
    "site_check/runner.py": "tests/unit/web/console/test_check_site.py",
    "storage/site_checks.py": "tests/unit/web/console/test_check_site.py",
    "storage/tool_tables.py": "tests/unit/storage/test_tables.py",
    "domain/host_table.py": "data; tests/unit/domain/test_hosts.py reads it",
    "site_check/consent_banners.py": "data; tests/unit/site_check/test_check.py has sites with banners",
    "site_check/landing_forms.py": "tests/unit/site_check/test_check.py, its sites",
    "site_check/landing_tag.py": "tests/unit/site_check/test_check.py, its sites",
    "site_check/site_findings.py": "data; tests/unit/site_check/test_check.py names most of it",
    "domain/link_findings.py": "data; tests/unit/domain/test_link_lint.py has a row for each",
    "domain/link_names.py": "tests/unit/domain/test_link_lint.py, its tables",
    "domain/link_shape.py": "tests/unit/domain/test_link_lint.py, its tables",
    "domain/link_values.py": "tests/unit/domain/test_link_lint.py, its tables",
    "domain/link_templates.py": "data; tests/unit/domain/test_link_build.py builds from each",
    "storage/link_rules.py": "tests/contract/test_links.py, on every database",
    "storage/registered_links.py": "tests/contract/test_links.py, on every database",
    "storage/link_tables.py": "tests/unit/storage/test_tables.py",
    "domain/search_hosts.py": "data; tests/unit/domain/test_hosts.py reads it",
    "domain/silent_hosts.py": "data; tests/unit/domain/test_hosts.py reads it",
    "domain/social_hosts.py": "data; tests/unit/domain/test_hosts.py reads it",
    "domain/spam_hosts.py": "data; tests/unit/domain/test_hosts.py reads it",
    "storage/arrivals.py": "tests/unit/web/console/test_live.py",
    "storage/audit.py": "tests/contract/test_users.py, on every database",
    "storage/capture_order.py": "tests/contract/test_console.py, on every database",
    "storage/allowed_origins.py": "tests/contract/test_held_origins.py, on every database",
    "storage/held_origins.py": "tests/contract/test_held_origins.py, on every database",
    "storage/receipts.py": "tests/contract/test_receipts.py",
    "storage/status.py": "tests/contract/test_status.py, on every database",
    "storage/attempts.py": "tests/unit/web/console/test_lead.py",
    "storage/delivery_pages.py": "tests/contract/test_console.py, on every database",
    "storage/postgresql_restore.py": "tests/contract/test_backup.py",
    "storage/resealing.py": "tests/contract/test_resealing.py, on every database",
    "storage/restored.py": "tests/unit/cli/test_restore.py and tests/contract/test_backup.py",
    "storage/saved_views.py": "tests/unit/web/console/test_views.py",
    "storage/lead_changes.py": "tests/unit/web/console/test_lead.py",
    "storage/leads.py": "tests/contract/test_console.py, on every database",
    "storage/recount.py": "tests/contract/test_reports.py, on every database",
    "storage/reports.py": "tests/contract/test_reports.py, on every database",
    "storage/lead_facets.py": "tests/contract/test_console.py, on every database",
    "storage/lead_counts.py": "tests/contract/test_console.py, on every database",
    "storage/lead_filter.py": "tests/contract/test_console.py, on every database",
    "storage/lead_rows.py": "tests/contract/test_console.py, on every database",
    "storage/list_tables.py": "tests/unit/storage/test_tables.py",
    "storage/moments.py": "tests/contract/test_console.py, on every database",
    "storage/words.py": "tests/contract/test_console.py, on every database",
    "storage/tally_tables.py": "tests/unit/storage/test_tables.py",
    "storage/tallies.py": "tests/contract/test_tallies.py, on every database",
    "storage/fields.py": "tests/contract/test_mappings.py, on every database",
    "storage/lead_types.py": "tests/contract/test_mappings.py, on every database",
    "storage/migration.py": "tests/unit/storage/test_schema.py",
    "storage/mappings.py": "tests/contract/test_mappings.py, on every database",
    "storage/preview.py": "tests/contract/test_mappings.py, on every database",
    "storage/sessions.py": "tests/contract/test_users.py, on every database",
    "storage/states.py": "tests/unit/storage/test_deliveries.py",
    "storage/together.py": "tests/contract/test_mappings.py, on every database",
    "storage/undelivered.py": "tests/contract/test_reports.py, on every database",
    "storage/users.py": "tests/contract/test_users.py, on every database",
    "storage/value_counts.py": "tests/contract/test_reports.py, on every database",
    "storage/versions.py": "tests/contract/test_mappings.py, on every database",
    "web/console/attention.py": "tests/unit/web/console/test_overview.py",
    "web/console/journeys.py": "tests/unit/web/console/test_reports.py",
    "web/console/report_days.py": "tests/unit/web/console/test_overview.py",
    "web/console/destination_pace.py": "tests/unit/web/console/test_destination_form.py",
    "web/console/lead_type_form.py": "tests/unit/web/console/test_lead_types.py",
    "web/console/new_field.py": "tests/unit/web/console/test_lead_types.py",
    "web/console/mapping_form.py": "tests/unit/web/console/test_mapping.py",
    "web/console/links.py": "tests/unit/cli/test_serve.py",
    "web/console/listing.py": "tests/unit/web/console/test_leads.py",
    "web/console/chosen.py": "tests/unit/web/console/test_leads.py",
    "web/console/routes.py": "tests/unit/web/test_routes.py",
    "web/console/security.py": "tests/unit/web/console/test_sign_in.py",
    "web/console/visit.py": "tests/unit/web/console/test_endpoint.py",
    "web/streams.py": "tests/unit/web/console/test_live.py and tests/browser/test_console.py",
    "web/server.py": "tests/unit/cli/test_serve.py and tests/unit/demo/test_run.py send it signals",
    "web/services.py": "wiring; every test of tests/installation.py stands on it",
}

#: Where our files are, beside the top of the checkout, and what is made there by tools.
FOLDERS = (".ci", "collector", "deploy", "docs", "static_js", "templates", "tests", "tools")
MADE = {".git", ".coverage", "__pycache__", "node_modules"}

#: In two parts each, so that this file does not hold what it looks for.
FOREIGN_NAMES = (
    ("py", r"pi\.org"),
    ("python", "hosted"),
    ("npm", r"js\.(org|com)"),
    ("registry\\.", "npm"),
    ("deb\\.", "debian"),
    ("crates", r"\.io"),
    ("proxy\\.", "golang"),
    ("/wo", "rk/"),
    ("/ro", "ot/"),
    ("/fa", "rm/"),
    ("/tmp/ba", "sh_"),
)


def our_files() -> list[Path]:
    found = [*ROOT.iterdir(), *(file for name in FOLDERS for file in (ROOT / name).rglob("*"))]
    return [file for file in found if file.is_file() and not MADE.intersection(file.parts)]


def modules(folder: str) -> list[Path]:
    migrations = ROOT / "collector" / "storage" / "migrations"
    return [path for path in (ROOT / folder).rglob("*.py") if not path.is_relative_to(migrations)]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("folder", ["collector", "tools"])
def test_no_file_is_longer_than_a_sitting(folder: str) -> None:
    lengths = {relative(path): len(path.read_text().splitlines()) for path in modules(folder)}
    assert lengths
    assert {path: n for path, n in lengths.items() if n > MAX_FILE_LINES} == {}


@pytest.mark.parametrize("folder", ["collector", "tools"])
def test_no_function_is_longer_than_a_screen(folder: str) -> None:
    too_long = {
        f"{relative(path)}:{node.lineno} {node.name}": lines
        for path in modules(folder)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert too_long == {}


def test_every_module_has_a_unit_test_file_in_the_same_place() -> None:
    package = ROOT / "collector"
    names = [path.relative_to(package) for path in modules("collector")]
    needed = [n for n in names if n.name != "__init__.py" and str(n) not in WITHOUT_UNIT_TEST]
    unit = ROOT / "tests" / "unit"
    missing = [str(n) for n in needed if not (unit / n).with_name(f"test_{n.name}").is_file()]
    assert not missing, "\n".join(sorted(missing))


def test_every_folder_of_unit_tests_has_its_package() -> None:
    unit = ROOT / "tests" / "unit"
    places = {path.parent.relative_to(unit) for path in unit.rglob("test_*.py")}
    assert places
    assert [str(place) for place in places if not (ROOT / "collector" / place).is_dir()] == []


def test_modules_excused_from_a_unit_test_exist() -> None:
    assert [name for name in WITHOUT_UNIT_TEST if not (ROOT / "collector" / name).exists()] == []


def test_no_file_names_a_package_registry_or_a_place_of_one_machine() -> None:
    pattern = re.compile(
        "|".join("".join(parts) for parts in FOREIGN_NAMES).encode(), re.IGNORECASE
    )
    assert ROOT / ".ci" / "run" in our_files()
    named = {
        f"{relative(path)}: {found[0].decode()}"
        for path in our_files()
        if (found := pattern.search(path.read_bytes()))
    }
    assert not named, "\n".join(sorted(named))


def locked_versions(lock: Path) -> dict[str, str]:
    """Return name to version; a line that is neither a pinned package nor a hash is an error."""
    versions: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", lock.read_text().rstrip("\n")):
        head, *hashes = entry.split(" \\\n")
        pinned = re.fullmatch(r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)( ; .+)?", head)
        assert pinned, head
        assert hashes, f"{head} has no hash"
        assert all(re.fullmatch(r" +--hash=sha256:[0-9a-f]{64}", line) for line in hashes), head
        versions[pinned["name"]] = pinned["version"]
    return versions


@pytest.mark.parametrize("lock", [RUNTIME_LOCK, TEST_LOCK], ids=lambda lock: lock.name)
def test_a_lock_pins_every_package_with_hashes_and_names_no_host(lock: Path) -> None:
    assert locked_versions(lock)
    assert "://" not in lock.read_text()


def test_the_test_lock_is_the_runtime_lock_and_more() -> None:
    assert locked_versions(RUNTIME_LOCK).items() < locked_versions(TEST_LOCK).items()


def test_the_locks_answer_what_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    tests = (ROOT / "tools" / "requirements-test.in").read_text().split()
    for lock, asked in ((RUNTIME_LOCK, runtime), (TEST_LOCK, [*runtime, *tests])):
        locked = locked_versions(lock)
        for requirement in map(Requirement, asked):
            name = canonicalize_name(requirement.name)
            assert name in locked, f"{name} is not in {lock.name}: python3 tools/lock.py"
            assert locked[name] in requirement.specifier, f"{name} in {lock.name}"


def test_the_changelog_begins_with_the_version_of_the_package() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    heading = re.compile(r"^## \[([0-9.]+)\] - (unreleased|\d{4}-\d\d-\d\d)$", re.MULTILINE)
    releases = heading.findall(text)
    assert len(releases) == text.count("\n## "), "a heading is no release"
    assert releases[0][0] == collector.__version__
    assert "unreleased" not in [date for _, date in releases[1:]]
