"""No address, name, text or browser mark may reach a log, a metric, an error or a table."""

import ast
import re

from chatservice.domain.audit import Act
from tests.structure.project_files import own_files, text_of

# Where signing in is made slower for each failure, letters and feedback are counted, and abuse is blocked, the address
# goes into a keyed hash in memory and nowhere else. This is where all of them get it;
# the settings only say in words where from, and doctor makes addresses up to see whether they are believed.
MAY_READ_ADDRESSES = {
    "chatservice/web/connection_address.py",
    "chatservice/settings.py",
    "chatservice/commands/doctor/outside.py",
}
ADDRESSES = re.compile(
    r"remote_addr|access_route|x-forwarded-for|x-real-ip|\.client\[|scope\[.client", re.IGNORECASE
)
BROWSER_MARKS = re.compile(r"user[_-]agent|accept[_-]language|\breferrer\b|\breferer\b", re.IGNORECASE)
NOT_LOGGED = re.compile(
    r"remote_addr|\.body\b|\bcontent\b|username|alias|password|\botp|token|cookie|header|frame\b",
    re.IGNORECASE,
)
LOG_CALLS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def test_only_what_slows_down_floods_ever_reads_an_address() -> None:
    found = {
        path: match[0]
        for path in own_files(".py", under="chatservice/")
        if path not in MAY_READ_ADDRESSES and (match := ADDRESSES.search(text_of(path)))
    }

    assert found == {}


def test_nothing_ever_reads_what_marks_a_browser() -> None:
    found = {
        path: match[0]
        for path in own_files(".py", under="chatservice/")
        # Headers that are set on answers mention Referrer-Policy, which is the opposite.
        if (
            match := BROWSER_MARKS.search(
                re.sub(r"Referrer-Policy|no-referrer|Vary", "", text_of(path), flags=re.IGNORECASE)
            )
        )
    }

    assert found == {}


def test_no_line_of_log_is_given_content_names_or_addresses() -> None:
    found: list[str] = []
    for path in own_files(".py", under="chatservice/"):
        for node in ast.walk(ast.parse(text_of(path))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            logger = ast.unparse(node.func.value)
            if node.func.attr in LOG_CALLS and "log" in logger.lower():
                given = [ast.unparse(argument) for argument in node.args[1:]]
                found += [f"{path}:{node.lineno}: {text}" for text in given if NOT_LOGGED.search(text)]

    assert found == []


def test_no_error_swallows_everything() -> None:
    blind = re.compile(r"except\s*:|except\s+\(?\s*(Base)?Exception\b(?!Group)|suppress\((Base)?Exception\)")

    assert [path for path in own_files(".py", under="chatservice/") if blind.search(text_of(path))] == []


def test_no_table_can_hold_a_conversation() -> None:
    tables = re.findall(
        r"\bTable\(\s*\"(\w+)\"", "\n".join(map(text_of, own_files(".py", under="chatservice/records/")))
    )

    assert tables
    assert [
        name for name in tables if re.search(r"conversation|envelope|message|visitor|transcript|queue", name)
    ] == []


def test_every_act_of_the_audit_log_is_noted_somewhere() -> None:
    code = "\n".join(
        text_of(path) for path in own_files(".py", under="chatservice/") if "domain/audit" not in path
    )

    assert [act.name for act in Act if f"Act.{act.name}" not in code] == []
