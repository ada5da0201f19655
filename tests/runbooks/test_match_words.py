"""Words, kinds of things, typing mistakes: what a text is taken apart into."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runbooks.match import kinds, words
from bot.runbooks.match.asking import asks
from bot.runbooks.match.typos import Vocabulary, distance


def stems(text: str) -> list[str]:
    return [token.stem for token in words.tokens(text)]


def kinds_of(text: str) -> list[str]:
    return [kind for kind, _ in kinds.spoken(words.tokens(text))]


@pytest.mark.parametrize("written", ["DaemonSet", "daemon set", "daemon-set", "daemon_set"])
def test_every_way_to_write_a_compound_has_the_same_joined_term(written: str) -> None:
    assert list(words.joined(words.tokens(written))) == [words.stem("daemonset")]


def test_camel_case_keeps_acronyms_together() -> None:
    assert words.split_word("KubeAPIErrorBudget") == ("kube", "api", "error", "budget")


def test_numbers_are_dropped_but_status_codes_are_kept() -> None:
    assert stems("429s after 12,500 calls at 02:10, then 503") == ["429", "after", "call", "at", "then", "503"]


@pytest.mark.parametrize("written", ["$14 so far", "$/query", "burning $$$", "costs 3 £", "€ 20"])
def test_a_price_speaks_of_money(written: str) -> None:
    assert "~money" in kinds_of(written)


def test_a_variable_is_no_price() -> None:
    assert stems("echo $HOME ${RUN_ID}") == ["echo", "home", "run", "id"]


@pytest.mark.parametrize(
    ("short", "meant"), [("dup msgs", "duplicate messages"), ("cust perms", "customer permission")]
)
def test_words_typed_short_meet_the_words_meant(short: str, meant: str) -> None:
    assert stems(short) == stems(meant)


def test_a_contracted_not_is_a_not() -> None:
    assert "not" in [token.surface for token in words.tokens("it doesn't start")]


def test_stop_words_break_a_joined_pair() -> None:
    assert "queueempti" not in list(words.joined(words.tokens("queue and empty")))


def test_identifiers_are_names_of_three_words_or_more() -> None:
    assert words.identifiers("KubePodNotReady in kube_pod_info, not NetSuite") == ["kubepodnotready", "kubepodinfo"]


@given(st.text(max_size=200))
def test_any_text_can_be_taken_apart(text: str) -> None:
    for sentence in words.sentences(text):
        found = words.tokens(sentence)
        assert all(token.surface == token.surface.casefold() for token in found)
        assert len(list(words.joined(found))) < max(len(found), 1)


def test_products_are_known_by_what_they_are() -> None:
    assert kinds_of("weaviate") == kinds_of("pinecone") == ["~vectors"]


@pytest.mark.parametrize("said", ["made up", "they made it up", "hallucinated"])
def test_a_kind_may_be_told_by_two_words_with_filling_between_them(said: str) -> None:
    assert kinds_of(said) == ["~invented"]


def test_a_word_between_two_others_that_says_something_keeps_them_apart() -> None:
    assert "~overlong" in kinds_of("the prompt is too long")
    assert kinds_of("not too available") == kinds_of("available") == []


def test_every_member_of_the_table_is_found_as_its_kind() -> None:
    lines = (kinds.TABLE + kinds.TOPICS).replace("\n  ", " ").strip().splitlines()
    table = {kind: members.split() for kind, _, members in (line.partition(": ") for line in lines)}
    lost = [
        f"{kind}: {member}"
        for kind, members in table.items()
        for member in members
        if kinds.MARK + kind not in kinds_of(member.replace("_", " "))
    ]
    assert lost == []


def test_a_pair_of_the_table_is_not_found_by_one_of_its_words() -> None:
    assert kinds_of("not") == kinds_of("no") == kinds_of("too") == []


@pytest.mark.parametrize(
    "text",
    ["1.234,56 became 1.23", "98,00 was entered as 9800", "45,000 instead of 450.00", "12 instead of 12 000"],
)
def test_the_same_digits_in_another_size_are_seen(text: str) -> None:
    assert words.shifted(text)


@pytest.mark.parametrize(
    "text",
    [
        "4,310 and not 4,130",
        "97.8 -> 91.2",
        "0.021 -> 0.094",
        "at 02:00 47 mb, 212 pages",
        "v1.18 after v1.1",
        "20 20.5%",
    ],
)
def test_other_numbers_are_not_taken_for_a_wrong_size(text: str) -> None:
    assert not words.shifted(text)


def test_a_table_of_numbers_is_not_compared() -> None:
    assert not words.shifted(" ".join(f"{number}.5 {number}5" for number in range(10, 30)))


@pytest.mark.parametrize(
    "text",
    ["Can we get dark mode?", "how many tickets did it close in Q2", "users want larger fonts", "please add me"],
)
def test_a_wish_or_a_question_is_no_report(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "can someone please get this moving",
        "it asks the same thing again",
        "who knows, all drafts fail",
        "I need to know why",
    ],
)
def test_a_report_in_the_form_of_a_plea_is_still_a_report(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("notifictions", "notifications"), ("resorce", "resource"), ("quueue", "queue"), ("qeueu", None), ("que", None)],
)
def test_an_unknown_word_is_repaired_to_a_near_known_one(typed: str, meant: str | None) -> None:
    vocabulary = Vocabulary()
    vocabulary.add(["notifications", "resource", "queue", "cue"])
    assert vocabulary.repaired(typed) == meant


@pytest.mark.parametrize("word", ["want", "five", "plain"])
def test_a_short_word_with_another_letter_or_one_more_is_a_word_of_its_own(word: str) -> None:
    vocabulary = Vocabulary()
    vocabulary.add(["wait", "file", "plan"])
    assert vocabulary.repaired(word) is None


@pytest.mark.parametrize(("typed", "meant"), [("eror", "error"), ("tonre", "toner"), ("filtr", "filter")])
def test_a_short_word_with_a_letter_left_out_or_two_swapped_is_repaired(typed: str, meant: str) -> None:
    vocabulary = Vocabulary()
    vocabulary.add(["error", "toner", "filter"])
    assert vocabulary.repaired(typed) == meant


def test_a_word_that_is_removed_is_no_longer_a_repair() -> None:
    vocabulary = Vocabulary()
    vocabulary.add(["queue"])
    vocabulary.add(["queue"])
    vocabulary.remove(["queue"])
    assert vocabulary.repaired("queu") == "queue"
    vocabulary.remove(["queue"])
    assert vocabulary.repaired("queu") is None
    assert "queue" not in vocabulary
    assert len(vocabulary) == 0


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_distance_is_symmetric_and_zero_only_for_the_same_word(left: str, right: str) -> None:
    assert distance(left, right) == distance(right, left)
    assert (distance(left, right) == 0) == (left == right)


def test_swapped_letters_are_one_edit() -> None:
    assert distance("queue", "qeuue") == 1
