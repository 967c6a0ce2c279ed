"""Set the spaces, apostrophes and dots of French text; addresses of links and e-mails stay as they are."""

import re
from dataclasses import replace
from functools import lru_cache

from outreach.letters.letter import Block, Item, ItemList, PageBreak, Quote, Runs

NBSP = "\u00a0"
NNBSP = "\u202f"

_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|[^\s@<>«»]+@[^\s@<>«»]+\.\w+|\b[\w-]+(?:\.[\w-]+)*\.(?:fr|org|net|com|eu)\b(?:/\S*)?"
)
_BLANK = f"[ {NBSP}{NNBSP}]"
_UNITS = (
    r"(?:€|%|‰|°C|km|kg|g|cm|mm|m²|m|h|min|s"
    r"|euros?|millions?|milliards?|caméras?|jours?|mois|ans?|pages?|heures?)"
)
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_TITLES = r"(?:M\.|MM\.|Mme|Mmes|Mlle|Dr|n°|N°|art\.|article)"

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\.\.\."), "…"),
    (re.compile(r"(?<=\w)'(?=[\w«]|$)"), "’"),
    (re.compile(f'(?<![(\\[;!?]){_BLANK}*([;!?]+)(?=[\\s»)"”…,:]|$)'), f"{NNBSP}\\1"),
    (re.compile(f"(?<!:){_BLANK}*:(?=[\\s»]|$)"), f"{NBSP}:"),
    (re.compile(f"«{_BLANK}*"), f"«{NBSP}"),
    (re.compile(f"{_BLANK}*»"), f"{NBSP}»"),
    (re.compile(f"(?<=\\d){_BLANK}(?=\\d{{3}}(?!\\d))"), NNBSP),
    (re.compile(f"(?<=\\d){_BLANK}?(?=[%€])"), NBSP),
    (re.compile(f"(?<=\\d){_BLANK}(?={_UNITS}(?!\\w))"), NBSP),
    (re.compile(f"\\b({_TITLES}){_BLANK}(?=[\\dA-ZÀ-Þ])"), f"\\1{NBSP}"),
    (re.compile(f"\\b(1er|\\d{{1,2}}){_BLANK}(?=(?:{_MONTHS})\\b)"), f"\\1{NBSP}"),
)


@lru_cache(maxsize=4096)  # most runs stand in every letter of a mailing
def french(text: str) -> str:
    """Apply the rules of French typography.

    Narrow no-break space before ; ! ? and between groups of three digits, no-break space before the
    colon, inside « », before units, months and after titles; ’ and …. Applied twice it changes nothing more.

    Args:
        text: Text of one paragraph or run, without markup.
    """
    done = []
    end = 0
    for address in _ADDRESS.finditer(text):
        done += [_set(text[end : address.start()]), address[0]]
        end = address.end()
    return "".join([*done, _set(text[end:])])


def typeset(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Apply French typography to the text of every run in the blocks."""
    return tuple(_typeset(block) for block in blocks)


def _typeset(block: Block) -> Block:
    if isinstance(block, PageBreak):
        return block
    if isinstance(block, ItemList):
        items = tuple(Item(typeset(item.blocks), item.number) for item in block.items)
        return ItemList(items)
    if isinstance(block, Quote):
        return Quote(typeset(block.blocks))
    return replace(block, runs=_runs(block.runs))


def _runs(runs: Runs) -> Runs:
    return tuple(replace(run, text=french(run.text)) for run in runs)


def _set(text: str) -> str:
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
