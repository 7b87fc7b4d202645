"""Texts that differ as people's do: few words everywhere, most of them seldom; the same ones at each run."""

import random
from collections.abc import Sequence
from itertools import accumulate

TEXTS = 2_000  # for each language; posts take them in turn
WORDS = 80  # in a text
COMMON = {
    "en": "assistance technical office examiner training patent practice experience year staff course study project",
    "fr": "assistance technique office examinateur formation brevet pratique expérience année développement étude",
    "es": "asistencia técnica oficina examinador formación patente práctica experiencia año capacitación estudio",
    "zh": "技术援助审查员培训专利实践经验年度办公室课程研究项目知识产权",
}
RARE = {"en": "zanzibar", "fr": "zanzibar", "es": "zanzíbar", "zh": "桑给巴尔"}  # in one text of each language
PHRASE = {"en": "pilot phase", "fr": "phase pilote", "es": "fase piloto", "zh": "试点阶段"}  # in one of twenty
_SYLLABLES = (
    "ba be bi bo ca ce co da de di do fa fe ga ge la le li lo ma me mi mo na ne no pa pe po ra re ri ro".split()
)


def texts(language: str, count: int = TEXTS) -> list[str]:
    """Return ``count`` texts of a language, of the same length and of the same frequencies in each."""
    chance = random.Random(language)
    common = list(COMMON[language]) if language == "zh" else COMMON[language].split()
    words = common + [_word(chance, language) for _n in range(20_000)]
    weights = list(accumulate(1 / (rank + 2) for rank in range(len(words))))
    return [_text(chance, language, words, weights, number) for number in range(count)]


def _word(chance: random.Random, language: str) -> str:
    if language == "zh":
        return chr(chance.randrange(0x4E00, 0x9F00)) + chr(chance.randrange(0x4E00, 0x9F00))
    return "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))


def _text(chance: random.Random, language: str, words: Sequence[str], weights: Sequence[float], number: int) -> str:
    chosen = chance.choices(words, cum_weights=weights, k=WORDS)
    if number == 0:
        chosen.insert(WORDS // 2, RARE[language])
    if number % 20 == 0:
        chosen.insert(WORDS // 4, PHRASE[language])
    space, stop = ("", "。") if language == "zh" else (" ", ". ")
    thirds = [chosen[start : start + WORDS // 3] for start in range(0, len(chosen), WORDS // 3)]
    return "\n\n".join(stop.join((space.join(part[:12]), space.join(part[12:]))) + stop.strip() for part in thirds)
