"""How style sheets reach browsers."""

import posixpath
import re
from collections.abc import Callable

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = r"""^(?P<matched>@import url\("(?P<url>[./\w-]+\.css)"\)(?: layer\((?P<layer>\w+)\))?;)$"""
NAMED = r"""(?<!@import )url\("([./\w-]+)"\)"""
IN_PLACE = "the imported sheet itself"


class OneSheet(CompressedManifestStaticFilesStorage):
    """Puts the text of our imported sheets where their `@import` stands: the first view of a page asks for one file."""

    patterns = (("*.css", ((f"(?m){IMPORT}", IN_PLACE),)), *CompressedManifestStaticFilesStorage.patterns)

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[re.Match[str]], str]:
        """For imports the sheet's text, and so a name by its content; for everything else Django's."""
        if template != IN_PLACE:
            converter: Callable[[re.Match[str]], str] = super().url_converter(name, hashed_files, template)
            return converter
        top = posixpath.dirname(name)
        return lambda match: self._text(top, top, match)

    def _text(self, top: str, folder: str, match: re.Match[str]) -> str:
        """The sheet that `match` in a sheet of `folder` names, as it reads in a sheet of `top`."""
        sheet = posixpath.normpath(posixpath.join(folder, match["url"]))
        inner = posixpath.dirname(sheet)
        with self.open(sheet) as file:
            text: str = file.read().decode()
        text = re.sub(r"/\*.*?\*/\s*", "", text, flags=re.DOTALL)  # comments are read where they were written
        text = re.sub(NAMED, lambda named: f'url("{posixpath.relpath(posixpath.join(inner, named[1]), top)}")', text)
        text = re.sub(IMPORT, lambda match: self._text(top, inner, match), text, flags=re.MULTILINE)
        return f"@layer {match['layer']} {{\n{text}}}" if match["layer"] else text
