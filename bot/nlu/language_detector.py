"""LanguageDetector: tr, en, de, ar, ru or other, by script and by the commonest words."""

from __future__ import annotations

import re

from rasa.shared.nlu.training_data.message import Message

from bot.domain.understanding import Act
from bot.nlu.component import Component
from bot.nlu.keys import CLEAN, UNDERSTANDING, put

_WORD = re.compile(r"[^\W\d_]+")
_ARABIC, _CYRILLIC, _OTHER_SCRIPT = (
    re.compile("[\u0600-\u06ff\u0750-\u077f]"),
    re.compile("[\u0400-\u04ff]"),
    re.compile("[\u0370-\u03ff\u0530-\u05ff\u0900-\u1fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"),
)
_PERSIAN, _UKRAINIAN = re.compile("[پچژگی]"), re.compile("[іїєґІЇЄҐ]")
_COMMON: dict[str, frozenset[str]] = {
    code: frozenset(words.split())
    for code, words in {
        "en": """the is are my our to in on of for and there you your what where when how can could please hello hi who
            it i this that not have has do does with from any was were need want thank thanks we they at be street
            english""",
        "de": """der die das ist sind ich wir wo wann wie kann bitte und nicht ein eine auf dem den mein unser unserer
            seit hallo guten tag danke für von zu mit kein keine haben hat es gibt deutsch möchte vor""",
        "tr": """ve bir bu da ne var yok mı mi mu mü için çok daha ama gibi biz ben siz şu o ki lütfen belediye sokak
            mahalle değil olarak kadar ile hiç neden nasıl merhaba selam evet hayır tamam sonra önce her şey artık""",
    }.items()
}


class LanguageDetector(Component):
    """Puts `language`. Where the act says another language and no words do, it is `other`."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            acts = (message.get(UNDERSTANDING) or {}).get("acts") or [("", 0.0)]
            put(message, language=language_of(message.get(CLEAN) or "", acts[0][0] == Act.LANGUAGE_OTHER))
        return messages


def language_of(text: str, foreign: bool = False) -> str:
    """The language of a text, Turkish where nothing speaks against it; `foreign`: the act classifier's opinion."""
    text = text[:2000]
    letters = sum(char.isalpha() for char in text)
    if not letters:
        return "tr"
    if len(_ARABIC.findall(text)) * 2 > letters:
        return "other" if _PERSIAN.search(text) else "ar"
    if len(_CYRILLIC.findall(text)) * 2 > letters:
        return "other" if _UKRAINIAN.search(text) else "ru"
    if len(_OTHER_SCRIPT.findall(text)) * 2 > letters:
        return "other"
    words = [word.lower() for word in _WORD.findall(text)]
    counts = {code: sum(word in common for word in words) for code, common in _COMMON.items()}
    best = max(("en", "de"), key=lambda code: counts[code])
    if counts[best] > counts["tr"] and (foreign or counts[best] * 4 >= len(words)):
        return best
    return "other" if foreign and not counts["tr"] else "tr"
