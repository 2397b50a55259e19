from __future__ import annotations

from pathlib import Path

from tests.serving import serving


async def test_a_second_server_on_one_file_is_refused_and_commands_run_beside(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as collector:
        await collector.cli("serve", "--port", "0", code=1)
        source_id = await collector.create_capture("https://www.example.com")
        assert source_id in await collector.cli("capture", "list")
        assert await collector.stop() == 0


async def test_several_processes_on_sqlite_are_wrong_use(tmp_path: Path) -> None:
    async with serving(tmp_path) as collector:
        await collector.cli("serve", "--workers", "2", code=2)
