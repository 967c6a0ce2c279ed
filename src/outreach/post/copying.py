"""Copy objects of a PDF into another file, as the bytes that they are but for the numbers in them."""

from collections.abc import Callable, Mapping
from hashlib import sha256

from outreach.post.pdf_objects import split_references, with_references
from outreach.post.pdf_output import PdfOutput
from outreach.post.pdf_parts import PdfPart, Tags


class SharedObjects:
    """What is in a file already, by what it is: fonts, pictures, colours, a drawing that letters share."""

    def __init__(self, output: PdfOutput) -> None:
        """Begin with nothing."""
        self._output = output
        self._references: dict[bytes, bytes] = {}

    def put(self, text: bytes, data: bytes | None = None, number: int = 0) -> bytes:
        """Write an object, or a stream and its dictionary, if it is new, and return its reference.

        A number that it has already, since it refers to itself, keeps it from being shared.
        """
        key = sha256(text if data is None else b"%b\nstream\n%b" % (text, data)).digest()
        if not number and key in self._references:
            return self._references[key]
        new = number or self._output.reserve()
        if data is None:
            self._output.put(new, text)
        else:
            self._output.put_stream(new, text, data)
        return self._references.setdefault(key, b"%d 0 R" % new)


class Copy:
    """The objects of one file on their way into another."""

    def __init__(
        self, part: PdfPart, store: SharedObjects, output: PdfOutput, references: Mapping[bytes, bytes]
    ) -> None:
        """Begin.

        Args:
            part: Where they come from.
            store: What is there already.
            output: Where they go.
            references: By number, what stands for an object that is not copied as it is.
        """
        self._part = part
        self._store = store
        self._output = output
        self.references = dict(references)

    def renewed(self, text: bytes) -> bytes:
        """Return a text with the references of the new file, and copy what it refers to."""
        parts = split_references(text)
        for number in parts[1::2]:
            if number not in self.references:
                self._take(number)
        return with_references(parts, self.references)

    def _take(self, number: bytes) -> None:
        """Copy an object after all that it refers to, so that what is equal is found to be equal."""
        waiting, begun, written = [number], set[bytes](), set[bytes]()
        in_circle: dict[bytes, int] = {}
        while waiting:
            current = waiting[-1]
            if current not in begun:
                begun.add(current)
                others = [one for one in self._part.parts[current][1::2] if one not in self.references]
                for one in others:
                    if one in begun and one not in in_circle:
                        in_circle[one] = self._output.reserve()
                        self.references[one] = b"%d 0 R" % in_circle[one]
                waiting += [one for one in others if one not in begun]
                continue
            waiting.pop()
            if current not in written:
                written.add(current)
                self.references[current] = self._put(current, in_circle.get(current, 0))

    def _put(self, number: bytes, new: int) -> bytes:
        text = with_references(self._part.parts[number], self.references)
        reference = self._store.put(text, self._part.pdf.stream(number), new)
        return b"%d 0 R" % new if new else reference

    def put_elements(self, tags: Tags, first: int, changed: Callable[[bytes, bytes], bytes]) -> None:
        """Copy the elements of tags, each as it is, since no two are equal.

        Args:
            tags: Of the file.
            first: Number of the first of them; those of the others follow it.
            changed: Gets each one's number and its new text, and returns the text to write.
        """
        for number in tags.parts[1::2]:
            if number not in self.references:  # such as a stream
                self._take(number)
        texts = with_references(tags.parts, self.references).split(b"\n")
        self._output.put_all(first, list(map(changed, tags.elements, texts)))
