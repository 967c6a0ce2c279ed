"""Run templates in a sandbox with a budget of steps and of text, so that none is without end."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from types import GeneratorType
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer

from outreach.errors import OutreachError
from outreach.language import _
from outreach.letters.fields import Explained, number_meant
from outreach.letters.filters import is_number

STEPS = 2_000_000
"""Of one letter: turns of loops, calls, and the characters and entries that filters and operators read."""
LARGEST = 200_000
"""Characters of a text, entries of a list, and characters of template text in one letter: eighty pages."""
_CHARACTERS = 16
"""Of a text that is read in one step."""
_CALL = 10
"""Steps of a call, which takes as long as so many turns of a loop."""
_BITS = 10_000
"""Of a whole number."""
_SIZED = ("batch", "center", "indent", "round", "slice", "tojson", "wordwrap")
"""Filters whose numbers say how much they make; so do those of all methods of texts and numbers."""
_SPEC = re.compile(r"%(?:\([^)]*\))?[-+ #0-9.*]*|\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
"""What stands for a value in a text to be formatted."""
_CHARGE, _WRITE = "_charge", "_write"
"""Filters that are put into templates as they are compiled."""
_KEPT = 32
"""Texts that a passage came out as and that are remembered."""


class Overspent(jinja2.TemplateRuntimeError):
    """A template has gone beyond its budget."""


class Budget:
    """What one letter may still use; begun anew for each."""

    def __init__(self) -> None:
        self.overspent: dict[str, OutreachError] = {}
        """Letters that went beyond it, and what was said of each."""
        self.begin()

    def begin(self) -> None:
        """Begin a letter."""
        self._steps = STEPS
        self._text = LARGEST

    def spend(self, steps: int) -> None:
        """Take off steps.

        Raises:
            Overspent: there are no more.
        """
        self._steps -= steps
        if self._steps < 0:
            hint = _("make its loops shorter")
            raise Overspent(
                Explained(
                    _("the template takes more than {most} steps", most=STEPS),
                    hint,
                    code="template-too-large",
                )
            )

    def write(self, characters: int) -> bool:
        """Take off a turn with so many characters that are written, and return True; raises as `spend`."""
        self.spend(1)
        self._text -= characters
        refuse_larger(LARGEST - self._text)
        return True

    @property
    def left(self) -> tuple[int, int]:
        """How many steps and characters of text there still are."""
        return self._steps, self._text

    def take(self, steps: int, text: int) -> bool:
        """Take off what is known to be needed; False, and nothing taken, where there is not so much."""
        if self._steps < steps or self._text < text:
            return False
        self._steps -= steps
        self._text -= text
        return True

    def charge(self, value: Any) -> Any:  # noqa: ANN401  (any value of a template)
        """Take off the size of a value with all that lies in it, and return it; raises as `spend`.

        What gives its entries one by one becomes a list, since it can be read only once.
        """
        if isinstance(value, (GeneratorType, reversed)):
            return [self.charge(entry) for entry in value]
        self.spend(1)
        if isinstance(value, (str, bytes, bytearray, range)):
            refuse_larger(len(value))
            self.spend(len(value) // _CHARACTERS)
        elif isinstance(value, (list, tuple, set, frozenset, dict)):
            refuse_larger(len(value))
            for entry in value:
                self.charge(entry)
            for entry in value.values() if isinstance(value, dict) else ():
                self.charge(entry)
        elif isinstance(value, int) and value.bit_length() > _BITS:
            raise _too_large()
        return value


def refuse_larger(size: int) -> None:
    """Refuse a text or a list that would be so large.

    Raises:
        Overspent: it would be larger than any may be.
    """
    if size > LARGEST:
        message = _(
            "the template makes a text or a list of more than {most} characters or entries", most=LARGEST
        )
        raise Overspent(
            Explained(
                message,
                _("no letter is that long; look for a number that is too large"),
                code="template-too-large",
            )
        )


def _refuse_texts(operator: str, *sides: object) -> None:
    """Refuse to reckon with a text that is used like a number; texts may be joined and formatted."""
    texts = [side for side in sides if isinstance(side, str)]
    is_joined = operator == "+" and len(texts) > 1 and not all(map(is_number, texts))
    is_reckoned = all(isinstance(side, (str, int, float)) for side in sides)
    if texts and operator != "%" and not is_joined and is_reckoned:
        raise number_meant(texts[0])


def _too_large() -> Overspent:
    hint = _("no letter needs it; look for an exponent that is too large")
    return Overspent(
        Explained(_("the template reckons with too large a number"), hint, code="template-too-large")
    )


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, in which each turn, call, operator, filter and test is paid for."""

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%", "**"))

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  (Jinja's own)
        super().__init__(optimized=False, **options)
        self.budget = Budget()
        self.lasting: Mapping[str, object] = {}
        """What the template at hand was given that the next letter may be given too; nothing changes it."""
        self._names: dict[str, tuple[str, ...]] = {}
        """What each passage reads that was compiled and is not yet handed out."""
        del self.globals["lipsum"]  # as long as one likes, and never the same
        del self.filters["random"]  # never the same
        self.add_filters(dict(self.filters))
        self.tests.update({name: self._paid(name, test) for name, test in self.tests.items()})
        self.filters |= {_CHARGE: self.budget.charge, _WRITE: self.budget.write}

    def add_filters(self, added: Mapping[str, Callable[..., Any]]) -> None:
        """Add filters, which are paid for by what they read and make."""
        self.filters.update({name: self._paid(name, function) for name, function in added.items()})

    def _paid(self, name: str, function: Any) -> Callable[..., Any]:  # noqa: ANN401  (Jinja's)
        charge = self.budget.charge

        @wraps(function)
        def paid(*args: Any, **named: Any) -> Any:  # noqa: ANN401  (any filter)
            charged = [charge(value) for value in args]
            by_name = {key: charge(value) for key, value in named.items()}
            # The environment or the context may stand before a filter's own values.
            values = [value for value in charged if not isinstance(value, _CONTEXTS)]
            _foresee(name, values[0] if values else "", [*values[1:], *by_name.values()])
            return charge(function(*charged, **by_name))

        return paid

    def call(__self, __context: Context, __obj: Any, *args: Any, **named: Any) -> Any:  # noqa: N805, PYI063, ANN401  (Jinja's names, that leave all others free)
        """Call what a template calls."""
        charge = __self.budget.charge
        __self.budget.spend(_CALL)
        charged = [charge(value) for value in args]
        by_name = {key: charge(value) for key, value in named.items()}
        owner = getattr(__obj, "__self__", None)
        if isinstance(owner, (str, bytes, int)):
            _foresee(f".{__obj.__name__}", charge(owner), [*charged, *by_name.values()])
        return charge(super().call(__context, __obj, *charged, **by_name))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401  (any operands)
        """Reckon with two values, but not with texts: "12" * 2 would be "1212", and "12" + "3" "123"."""
        _refuse_texts(operator, left, right)
        left, right = self.budget.charge(left), self.budget.charge(right)
        if isinstance(left, int) and isinstance(right, int):
            if operator == "**" and left.bit_length() * right > _BITS:
                raise _too_large()
        elif operator == "*":
            for value, times in ((left, right), (right, left)):
                if isinstance(value, (str, bytes, list, tuple)) and isinstance(times, int):
                    refuse_larger(len(value) * times)
        elif operator == "%" and isinstance(left, (str, bytes)):
            _foresee("format", left, [right])
        return self.budget.charge(super().call_binop(context, operator, left, right))

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:  # noqa: ANN401  (as in Jinja)
        """Return what stands for a text's own `format`, which looks like no method any more."""
        inner = super().wrap_str_format(value)
        if inner is None:
            return None

        @wraps(inner)
        def paid(*args: Any, **named: Any) -> str:  # noqa: ANN401  (any values)
            _foresee("format", value.__self__, [*args, *named.values()])
            return inner(*args, **named)

        return paid

    def make_globals(self, d: Any) -> dict[str, Any]:  # noqa: ANN401  (as in Jinja)
        """Return a template's globals, in a form that is read fast for each passage."""
        return {**self.globals, **(d or {})}

    def _load_template(self, name: str, globals: Any) -> jinja2.Template:  # noqa: A002, ANN401  (as in Jinja)
        self.budget.spend(1)
        template = super()._load_template(name, globals)
        if name in self._names:
            render = template.root_render_func
            template.root_render_func = _Passage(self, render, self._names.pop(name))
        return template

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if name and not any(tree.find_all(_OTHER_FILES)):
            changed = {node.name for node in tree.find_all(nodes.NSRef)}
            self._names[name] = tuple({node.name for node in tree.find_all(nodes.Name)} | changed)
        for node in tree.find_all((nodes.For, nodes.Macro, nodes.CallBlock, nodes.Block)):
            _pay_for_text(node)
            if isinstance(node, nodes.For) and node.test:
                node.test = nodes.And(_filtered(nodes.Const(0), _WRITE), node.test, lineno=node.lineno)
        _pay_for_text(tree)
        _Charging().visit(tree)
        return tree


_CONTEXTS = (jinja2.Environment, Context, nodes.EvalContext)
_OTHER_FILES = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends, nodes.Block)


@dataclass(slots=True)
class _Passage:
    """Renders a template, but not again for a letter that has in common with another all that it reads."""

    environment: Sandbox
    render: Callable[[Context], Iterator[str]]
    names: Sequence[str]
    """All that it may read."""
    known: dict[tuple[object, ...], tuple[Sequence[object], str, int, int]] = field(default_factory=dict)
    """What was read, which keeps its identity; the text; the steps and characters that it took."""

    def __call__(self, context: Context) -> Iterator[str]:
        lasting, budget = self.environment.lasting, self.environment.budget
        read = [context.resolve_or_missing(name) for name in self.names]
        if any(value is not lasting.get(name, missing) for name, value in zip(self.names, read, strict=True)):
            return self.render(context)
        key = tuple(value if isinstance(value, (str, date)) else id(value) for value in read)
        if key in self.known:
            _, text, steps, characters = self.known[key]
            if budget.take(steps, characters):
                return (part for part in (text,))
        return self._remembered(context, key, read)

    def _remembered(self, context: Context, key: tuple[object, ...], read: Sequence[object]) -> Iterator[str]:
        before = self.environment.budget.left
        text = "".join(self.render(context))
        after = self.environment.budget.left
        if len(self.known) >= _KEPT:
            self.known.clear()
        if not context.exported_vars:  # whoever imports it wants more than its text
            self.known[key] = (read, text, before[0] - after[0], before[1] - after[1])
        yield text


class _Charging(NodeTransformer):
    """Put a charge on what is compared, joined, listed or sliced, which Jinja does not call anything for."""

    def visit_Operand(self, node: nodes.Operand) -> nodes.Node:  # noqa: N802  (Jinja's names)
        self.generic_visit(node)
        node.expr = _filtered(node.expr, _CHARGE)
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.expr = _filtered(node.expr, _CHARGE)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.nodes = [_filtered(one, _CHARGE) for one in node.nodes]
        return _filtered(node, _CHARGE)

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802
        return _filtered(self.generic_visit(node), _CHARGE)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:  # noqa: N802
        return _filtered(self.generic_visit(node), _CHARGE)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(node, _CHARGE) if node.ctx == "load" else node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(node, _CHARGE) if isinstance(node.arg, nodes.Slice) else node


def _filtered(node: Any, name: str) -> nodes.Filter:  # noqa: ANN401  (an expression)
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _pay_for_text(node: Any) -> None:  # noqa: ANN401  (a node with a body)
    """Let each turn or call pay for the template text in it."""
    count = sum(len(text.data) for text in node.find_all(nodes.TemplateData))
    paid = _filtered(nodes.Const(count, lineno=node.lineno), _WRITE)
    node.body.insert(0, nodes.ExprStmt(paid, lineno=node.lineno))


def _foresee(name: str, value: Any, given: list[Any]) -> None:  # noqa: ANN401  (any values)
    """Refuse what a filter, or with a dot a method, would make too large, before it is made."""
    numbers = [abs(one) for one in given if isinstance(one, int)]
    if name.startswith(".") or name in _SIZED:
        refuse_larger(max(numbers, default=0))
    size = _size(value)
    longest = max([1, *map(_size, given)])
    match name.removeprefix("."):
        case "replace":
            found = value.count(given[0]) if isinstance(value, str) and isinstance(given[0], str) else size
            refuse_larger(size + found * longest)
        case "join" | "translate" | "urlize" | "wordwrap":
            refuse_larger(size * longest)
        case "indent":
            refuse_larger(size + (str(value).count("\n") + 1) * max([longest, *numbers]))
        case "tojson" | "expandtabs":
            refuse_larger(size * max([1, *numbers]))
        case "format" | "format_map":
            specs = _SPEC.findall(str(value))
            widths = [int(number) for spec in specs for number in re.findall(r"\d{1,9}", spec)]
            given_widths = numbers if any("*" in spec or spec.count("{") > 1 for spec in specs) else []
            refuse_larger(size + len(specs) * max([longest, *widths, *given_widths]))


def _size(value: object) -> int:
    """Return about how many characters a value is written in."""
    if isinstance(value, (str, bytes)):
        return len(value)
    if isinstance(value, dict):
        return sum(_size(key) + _size(entry) for key, entry in value.items()) + 1
    if isinstance(value, (list, tuple, set, frozenset)):
        return sum(map(_size, value)) + 1
    return len(value) if isinstance(value, range) else 1
