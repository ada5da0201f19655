"""What people typed: secrets, blame, names, and text that would like to be structure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain import commands as c
from bot.postmortem.drafting.blame import blame
from bot.postmortem.drafting.draft import report
from bot.postmortem.drafting.escape import http_url, markdown, markdown_code, markdown_link, mermaid
from bot.postmortem.drafting.people import cast
from bot.postmortem.drafting.redact import is_iban, redact
from bot.postmortem.lessons.words import phrases
from tests.postmortem.story import DANA, LEE, SAM, Story, declare

SECRETS = {
    "xoxb-" + "1234567890-abcdefgh": "token",
    "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2": "token",
    "sk-" + "proj-abc123def456ghi789": "token",
    "AKIA" + "IOSFODNN7EXAMPLE": "token",
    "eyJ" + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl": "token",
    "Authorization: Bearer " + "abc123def456": "token",
    "password=" + "hunter2hunter2": "secret",
    '"api_key": "' + 'abcdef123456"': "secret",
    "curl --token " + "abcdef123456": "secret",
    "postgres://app:" + "s3cret@db/prod": "password",
    "curl -sS -u admin:" + "hunter2": "password",
    "password is " + "hunter2hunter2": "secret",
    "pw: " + "hunter2hunter2": "secret",
    "rk_live_" + "4eC39HqLyjWDarjtT1zdp7dc": "token",
    "de89 3704 0044 0532 0130 00": "IBAN",
    "dana.okoye+ops@acme.example": "e-mail",
    "DE89 3704 0044 0532 0130 00": "IBAN",
    "GB82WEST12345698765432": "IBAN",
    "4111 1111 1111 1111": "card number",
    "https://hooks.slack.com/" + "services/T0/B0/xyz": "webhook",
    "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE\n-----END RSA " + "PRIVATE KEY-----": "private key",
}


@pytest.mark.parametrize(("secret", "what"), SECRETS.items(), ids=range(len(SECRETS)))
def test_secrets_are_named_and_gone(secret: str, what: str) -> None:
    said = redact(f"I ran {secret} and it broke")
    assert f"[redacted {what}]" in said
    assert said.startswith("I ran ")
    assert said.endswith(" and it broke")
    assert secret.split()[-1].rsplit("=", 1)[-1] not in said
    assert redact(said) == said


@pytest.mark.parametrize(
    "text",
    [
        "order GB82WEST12345698765433 was late",  # the check digits are wrong: no IBAN
        "agentctl runs show 0f8fad5b-d9cb-469f-a165-70867728950e",
        "pod section3-7d9f8b6c5-x2x4z at 1763608260.000100",
        "queue_oldest_age_minutes > 60 for 15 min",
        "the token expired, password reset did not help",
        "commit 3b18e512dba79e4c8300dd08aeb37f8e728b8dad",
        "--password $PASSWORD",
        "docker run -u 1000:1000 worker",
        "the password is wrong",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_iban_check_digits() -> None:
    assert is_iban("DE89 3704 0044 0532 0130 00")
    assert not is_iban("DE88 3704 0044 0532 0130 00")
    assert not is_iban("DE89")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We should have tested it", "should have"),
        ("Sam shouldn't have deployed", "shouldn't have"),
        ("it failed to page anybody", "failed to"),
        ("somebody forgot the flag", "forgot"),
        ("root cause: human error", "human error"),
        ("if only the reviewer had looked", "if only the reviewer had"),
        ("had we known, fine", "had we known"),
        ("a careless change", "careless"),
        ("it was his fault", "his fault"),
    ],
)
def test_blame_is_found_and_answered(text: str, found: str) -> None:
    (flag,) = blame(text)
    assert flag.found == found
    assert flag.instead


@pytest.mark.parametrize(
    "text",
    [
        "the check should show 0",
        "if the queue has more than 60 messages",
        "the segfault of the worker",
        "the job failed twice",
        "default page",
    ],
)
def test_ordinary_words_are_no_blame(text: str) -> None:
    assert blame(text) == ()


def test_overlapping_words_are_flagged_once() -> None:
    assert [flag.found for flag in blame("If Sam had not forgotten, we would have noticed")] == [
        "If Sam had",
        "forgotten",
        "would have",
    ]


def test_names_become_roles_outside_the_table() -> None:
    story = Story().say(declare("stuck"), SAM).say(c.TakeLead(), DANA).say(c.Note(text="hello"), LEE)
    actors = cast(story.ended, story.stream)
    said = actors.anonymous("Dana Okoye asked @Lee Park and <@U0SAM>, then <@U0STRANGER|x> and LeePark")
    assert said == "the lead asked the responder and the reporter, then a colleague and LeePark"


def test_a_name_that_is_a_word_is_replaced_only_behind_an_at() -> None:
    will = LEE.model_copy(update={"name": "Will"})
    story = Story().say(declare("stuck"), SAM).say(c.Note(text="hello"), will)
    actors = cast(story.ended, story.stream)
    assert actors.anonymous("@Will says it Will end") == "the responder says it Will end"


def test_a_login_that_is_a_term_of_the_document_breaks_nothing() -> None:
    odd = LEE.model_copy(update={"name": "lead"})
    story = Story().say(declare("api is stuck"), SAM.model_copy(update={"name": "api"})).say(c.TakeLead(), odd)
    made = report("a", story.stream, story.now)
    assert {span.row for span in made.spans} <= {"steps", "severity", "lead"}
    assert made.symptom == "api is stuck"
    assert made.fields[0].owner == "the lead"


def test_phrases_are_what_carries_meaning() -> None:
    said = ["One ticket ran the lookup tool four hundred times", "429 on every second call (again); vendor portal"]
    assert phrases(said) == ("ticket ran", "lookup tool", "call", "vendor portal")


PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _plain(text: str) -> str:
    """What a reader sees of a paragraph; fails when it holds anything but text and code."""
    (opening, inline, closing) = PARSER.parse(text)
    assert (opening.type, closing.type) == ("paragraph_open", "paragraph_close")
    assert inline.children is not None
    assert {child.type for child in inline.children} <= {"text", "code_inline"}
    return "".join(child.content for child in inline.children)


@given(st.text(st.sampled_from("ab1 #*_`[]()<>|~!\\-+.=>&$:\"'/@{}\n\t"), min_size=1, max_size=40))
def test_typed_text_is_nothing_but_text(text: str) -> None:
    escaped = markdown(text)
    if not escaped:
        return
    assert "\n" not in escaped
    seen = _plain(escaped)
    assert " ".join(seen.split()) == " ".join(_without_code(text).split())


def _without_code(text: str) -> str:
    """Balanced single code marks are taken as code, so a reader does not see them."""
    line = " ".join(text.split())
    parts = line.split("`")
    if len(parts) % 2 == 0 or "" in parts[1::2]:
        return line
    # What has a pipe stays text: no code span shows it right inside a table and outside.
    return "".join(f"`{part}`" if place % 2 and "|" in part else part for place, part in enumerate(parts))


@given(st.text(st.sampled_from("ab |`\\*"), min_size=1, max_size=20))
def test_a_table_cell_stays_one(text: str) -> None:
    table = f"| a | b |\n|---|---|\n| {markdown(text)} | {markdown_code(text)} |\n"
    tokens = PARSER.parse(table)
    assert sum(token.type == "td_open" for token in tokens) == 2


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://acme.slack.com/archives/C0/p1?x=1&y=2", "https://acme.slack.com/archives/C0/p1?x=1&y=2"),
        ("javascript:alert(1)", ""),
        ("https://a b/<script>", "https://a%20b/%3Cscript%3E"),
        ("http://[broken", ""),
        ("", ""),
    ],
)
def test_only_http_addresses_become_links(url: str, safe: str) -> None:
    assert http_url(url) == safe


def test_links_and_labels() -> None:
    assert markdown_link("a](b", "https://x.example/(1)") == r"[a\](b](https://x.example/%281%29)"
    assert markdown_link("*a*", "ftp://x") == r"\*a\*"
    assert mermaid("step 1: done, #2; end") == "step 1 done 2 end"
    assert mermaid(":::") == "-"
