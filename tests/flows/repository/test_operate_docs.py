"""The pages of docs/operate: each in English and Chinese, each command run by a test."""

import os
import random
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.flows.repository.operate_docs import (
    FOLDER,
    OTHER_SYSTEMS,
    ROOT,
    UNTESTED,
    Block,
    blocks,
    operating_environment,
    run_blocks,
    run_page,
)

from lodebase.db.private_cluster.cluster import ADMIN, Cluster
from lodebase.db.private_cluster.programs import choose_newest_programs, choose_unprivileged_user

PAGES = sorted(FOLDER.glob("*.md"))
ENGLISH = [page for page in PAGES if not page.name.endswith(".zh.md")]


def ids(page: Path) -> str:
    return page.name


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def made_copy(made_home: Path, new_home: Path) -> Path:
    """A data folder that was served once, with the starter register in it."""
    subprocess.run(["cp", "-a", f"{made_home}/.", str(new_home)], check=True)
    return new_home


def test_each_page_has_a_chinese_twin_with_the_same_blocks() -> None:
    assert {page.name.replace(".zh.md", ".md") for page in PAGES} == {page.name for page in ENGLISH}
    for page in ENGLISH:
        chinese = page.with_name(f"{page.stem}.zh.md")
        assert chinese.exists(), f"{page.name} has no Chinese twin"
        same, twin = ([(block.info, block.text) for block in blocks(one)] for one in (page, chinese))
        # names of other systems are in the language of the page
        assert same == twin or page.stem in OTHER_SYSTEMS, f"the blocks of {page.name} and {chinese.name} differ"


@pytest.mark.parametrize("page", ENGLISH, ids=ids)
def test_each_page_is_in_one_language(page: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`\n]*`|\[中文\]", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"[\u4e00-\u9fff]", prose)
    assert len(re.findall(r"[\u4e00-\u9fff]", page.with_name(f"{page.stem}.zh.md").read_text(encoding="utf-8"))) > 50


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_each_page_is_in_the_list_of_pages(name: str) -> None:
    linked = set(re.findall(r"\]\(([\w.-]+\.md)\)", (FOLDER / name).read_text(encoding="utf-8")))
    suffix = ".zh.md" if name.endswith(".zh.md") else ".md"
    pages = {f"{page.stem}{suffix}" for page in ENGLISH if page.stem != "README"}
    assert pages - linked == set()


def test_each_page_with_commands_is_run_by_a_test() -> None:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    run = set(re.findall(r"\brun_page\(\s*\"([\w-]+)\"", tests))
    with_commands = {page.stem for page in ENGLISH if any(block.is_run for block in blocks(page))} - OTHER_SYSTEMS.keys()
    assert with_commands - run == set(), "write a test that calls run_page for these pages"
    assert run - with_commands == set(), "these pages have no sh block"


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_each_shell_block_is_of_a_known_kind_and_valid(page: Path) -> None:
    for block in blocks(page):
        assert block.info, f"{page.name}:{block.line}: name the language of the block"
        assert block.info.split()[0] not in ("bash", "shell"), f"{page.name}:{block.line}: call it sh"
        if block.is_shell:
            assert block.info in ("sh", "sh background", "sh untested"), f"{page.name}:{block.line}"
            checked = subprocess.run(["sh", "-n"], input=block.text, capture_output=True, text=True, check=False)
            assert checked.returncode == 0, f"{page.name}:{block.line}: {checked.stderr}"


@pytest.mark.parametrize("page", ENGLISH, ids=ids)
def test_only_programs_that_tests_can_not_run_are_left_untested(page: Path) -> None:
    untested = [block for block in blocks(page) if block.info == "sh untested"]
    lines = [] if page.stem in OTHER_SYSTEMS else [line for block in untested for line in block.commands()]
    assert [line for line in lines if line.split()[0] not in UNTESTED] == []


def test_a_block_that_fails_is_reported_with_its_output(tmp_path: Path) -> None:
    environment = operating_environment(tmp_path, free_port())
    with pytest.raises(AssertionError, match="(?s)line 7 ends with 1.*no such thing"):
        run_blocks([Block("sh", "echo no such thing\nfalse\ntrue\n", 7)], environment, tmp_path)
    with pytest.raises(AssertionError, match="line 3 ends with 127"):
        run_blocks([Block("sh", "no-such-program\n", 3)], environment, tmp_path)
    with pytest.raises(AssertionError, match="line 5 does not serve"):
        run_blocks([Block("sh background", "exit 0\n", 5)], environment, tmp_path)


def test_variables_and_folder_carry_over_and_texts_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "it's").mkdir()
    made = [Block("sh", 'export LODE_URL=https://lode.example.org\ncd "it\'s"\n', 1), Block("sh", "pwd; echo $LODE_URL\n", 5)]
    environment = operating_environment(tmp_path, free_port())
    written = run_blocks(made, environment, tmp_path, {"lode.example.org": "localhost"})
    assert f"{tmp_path}/it's\nhttps://localhost\n" in written


def test_lines_of_a_block_are_joined_and_here_documents_left_out() -> None:
    block = Block("sh untested", "# comment\nsudo tee /etc/x <<'EOF'\nnot a command\nEOF\nsudo apt-get \\\n  install x\n", 1)
    assert [" ".join(line.split()) for line in block.commands()] == ["sudo tee /etc/x", "sudo apt-get install x"]


def test_the_commands_of_the_map_run(made_copy: Path, tmp_path: Path) -> None:
    run_page("README", operating_environment(made_copy, free_port()), tmp_path)


def test_the_settings_of_a_map_of_china_are_in_force(made_copy: Path, tmp_path: Path) -> None:
    written = run_page("map-of-china", operating_environment(made_copy, free_port()), tmp_path)
    assert "LODE_WORLDVIEW=CHN" in written and "LODE_MAP_APPROVAL=GS(2026)0001" in written


def test_the_commands_of_install_run(made_copy: Path) -> None:
    port = free_port()
    # in the folder of the repository, as after `git clone` and `cd`
    written = run_page("install", operating_environment(made_copy, port), ROOT, {"8000": str(port)})
    assert "lode, version 0" in written and "database: " in written


def test_the_commands_of_monitoring_run(made_copy: Path, tmp_path: Path) -> None:
    port = free_port()
    written = run_page("monitoring", operating_environment(made_copy, port), tmp_path, {"8000": str(port)})
    assert "lode_requests_total{" in written


def test_the_commands_of_logs_run(made_copy: Path, tmp_path: Path) -> None:
    port = free_port()
    written = run_page("logs", operating_environment(made_copy, port), tmp_path, {"8000": str(port)})
    assert '"event":"request"' in written and '"path":"/api/collections/deposits/items"' in written


def test_the_commands_of_capacity_run(made_copy: Path, tmp_path: Path) -> None:
    assert "shared_memory_size_in_huge_pages" in run_page("capacity", operating_environment(made_copy, free_port()), tmp_path)


def test_the_commands_of_limits_run(made_copy: Path, tmp_path: Path) -> None:
    port = free_port()
    written = run_page("limits", operating_environment(made_copy, port), tmp_path, {"8000": str(port)})
    assert 'ratelimit-policy: "general";q=1200;w=60' in written.lower() and "Key 1 is revoked." in written
    assert "LODE_TRUSTED_PROXIES=1  (environment)" in written and written.count("lode_") >= 2


def test_the_commands_of_imports_run(made_copy: Path, tmp_path: Path) -> None:
    run_page("imports", operating_environment(made_copy, free_port()), tmp_path)


def test_the_commands_of_troubleshooting_run(made_copy: Path, tmp_path: Path) -> None:
    run_page("troubleshooting", operating_environment(made_copy, free_port()), tmp_path)


def test_the_commands_of_recovery_run_and_undo_a_wrong_change(made_copy: Path, new_home: Path, tmp_path: Path) -> None:
    store = new_home / "srv"
    store.mkdir(mode=0o755)
    # where the tests run as root, the server runs as another user
    (store / "archive").mkdir()
    (store / "archive").chmod(0o777)
    port = free_port()
    written = run_page("recovery", operating_environment(made_copy, port), tmp_path, {"/srv/lode": str(store)})
    assert re.search(r"UPDATE [1-9]", written)
    assert "wrong names: 0" in written
    # the data from before the recovery are still there
    assert (made_copy / "cluster" / "data.before" / "PG_VERSION").exists()


def test_the_commands_of_backup_run(made_copy: Path) -> None:
    # within the data folder, which the database's user may enter
    folder = made_copy / "operator"
    folder.mkdir(mode=0o755)
    try:
        written = run_page("backup", operating_environment(made_copy, free_port()), folder)
        assert written.count("restored and compared") == 3
    finally:
        for name in ("new-home", "drill"):
            shutil.rmtree(Cluster(folder / name).base, ignore_errors=True)


# a request for each record, and two clusters that are made anew
@pytest.mark.timeout(600)
def test_the_commands_of_mirror_run(made_copy: Path) -> None:
    # within the data folder, which the database's user may enter
    folder = made_copy / "operator"
    folder.mkdir(mode=0o755)
    port = free_port()
    try:
        written = run_page("mirror", operating_environment(made_copy, port), folder, {"8000": str(port)})
        assert "https://province.example: version " in written and "province: read " in written
    finally:
        for name in ("mirror-home", "nation"):
            shutil.rmtree(Cluster(folder / name).base, ignore_errors=True)


def test_the_commands_of_erase_encrypt_copy_and_restore(made_copy: Path, needs: Callable[..., None]) -> None:
    for program in ("age", "restic"):
        needs(program, program)
    # within the data folder, which the database's user may enter
    folder = made_copy / "operator"
    folder.mkdir(mode=0o755)
    try:
        written = run_page("erase", operating_environment(made_copy, free_port()), folder)
        assert written.count("restored and compared") == 1
        assert "no errors were found" in written
        encrypted = (folder / "month.zip.age").read_bytes()
        assert encrypted.startswith(b"age-encryption.org/v1") and b"lode.dump" not in encrypted
        assert not any(b"lode.dump" in path.read_bytes() for path in (folder / "away").rglob("*") if path.is_file())
        assert len(list((folder / "restored").rglob("lode-*.zip"))) == 1
        # the copies from before the new backup are gone
        assert len(list((folder / "away" / "snapshots").iterdir())) == 1
    finally:
        shutil.rmtree(Cluster(folder / "drill").base, ignore_errors=True)


def test_the_commands_of_topologies_run(made_copy: Path, spare_homes: Callable[[], Path], tmp_path: Path) -> None:
    """One machine replaces all of the page: each server and each site has its own folder."""
    external, store = Cluster(spare_homes()), spare_homes()
    (external.home / "pg_hba.extra.conf").write_text("local all lode trust\n")
    external.hold()
    external.ensure()
    primary = Cluster(made_copy)
    threading.Thread(target=hold_when_extended, args=(primary,), daemon=True).start()
    port, address = free_port(), f"127.{random.randrange(1, 255)}.{random.randrange(1, 255)}.1"
    replace = {
        "postgresql://postgres@db.example.org/postgres": f"postgresql://{ADMIN}@/postgres?host={external.socket_folder}",
        "postgresql://lode:change-me@db.example.org/lode": f"postgresql://lode@/lode?host={external.socket_folder}",
        "10.0.0.1": address,
        "10.0.0.2": "127.0.0.1",
        "/srv/lode": str(store),
        "8000": str(port),
    }
    environment = operating_environment(made_copy, port)
    environment["PATH"] = f"{server_programs(tmp_path)}{os.pathsep}{environment['PATH']}"
    try:
        written = run_page("topologies", environment, tmp_path, replace)
    finally:
        external.let_go()
        primary.let_go()
    assert '"reads":"replica"' in written
    assert re.search(r"^lode_replica_up(\{.*\})? 1.0$", written, re.MULTILINE)


def hold_when_extended(primary: Cluster) -> None:
    """Let the database of machine A go on when the site of machine B begins, which ends that of machine A."""
    while not (primary.home / "postgresql.extra.conf").exists():
        time.sleep(0.05)
    primary.hold()


def server_programs(folder: Path) -> Path:
    """A folder with pg_ctl and pg_basebackup of the newest server; where we are root they run as the server's user."""
    made, user, real = folder / "bin", choose_unprivileged_user(), choose_newest_programs().bin
    made.mkdir()
    for name in ("pg_ctl", "pg_basebackup"):
        begin = "" if user is None else f"cd / && exec setpriv --reuid={user.pw_uid} --regid={user.pw_gid} --clear-groups "
        (made / name).write_text(f'#!/bin/sh\n{begin or "exec "}{real / name} "$@"\n')
        (made / name).chmod(0o755)
    return made


def test_the_commands_of_accounts_run(made_copy: Path, tmp_path: Path) -> None:
    written = run_page("accounts", operating_environment(made_copy, free_port()), tmp_path)
    assert "li.ming has a new password." in written and "0 sessions of li.ming ended." in written
    assert '"action": "account update"' in written and (tmp_path / "audit.jsonl").read_text().count("\n") > 3


def test_the_commands_of_server_run(made_copy: Path, tmp_path: Path) -> None:
    port = free_port()
    run_page("server", operating_environment(made_copy, port), tmp_path, {"8000": str(port)})


def test_the_commands_of_proxy_run(made_copy: Path, tmp_path: Path) -> None:
    written = run_page("proxy", operating_environment(made_copy, free_port()), tmp_path)
    assert "LODE_TRUSTED_PROXIES" in written
