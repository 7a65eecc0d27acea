"""How style sheets reach browsers."""

import posixpath
import re
from collections.abc import Callable

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = r"""^(?P<matched>@import url\("(?P<url>[./\w-]+\.css)"\)(?: layer\((?P<layer>\w+)\))?;)$"""
IN_PLACE = "the imported sheet itself"


class OneSheet(CompressedManifestStaticFilesStorage):
    """Puts the text of our imported sheets where their `@import` stands: the first view of a page asks for one file.

    What a sheet names with `url()` is looked for from the folder of the sheet that imports it.
    """

    patterns = (("*.css", ((f"(?m){IMPORT}", IN_PLACE),)), *CompressedManifestStaticFilesStorage.patterns)

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[re.Match[str]], str]:
        """For imports the sheet's text, and so a name by its content; for everything else Django's."""
        if template != IN_PLACE:
            converter: Callable[[re.Match[str]], str] = super().url_converter(name, hashed_files, template)
            return converter
        return lambda match: self._text(posixpath.dirname(name), match)

    def _text(self, folder: str, match: re.Match[str]) -> str:
        sheet = posixpath.normpath(posixpath.join(folder, match["url"]))
        with self.open(sheet) as file:
            text: str = file.read().decode()
        text = re.sub(r"/\*.*?\*/\s*", "", text, flags=re.DOTALL)  # comments are read where they were written
        text = re.sub(IMPORT, lambda inner: self._text(posixpath.dirname(sheet), inner), text, flags=re.MULTILINE)
        return f"@layer {match['layer']} {{\n{text}}}" if match["layer"] else text
