"""What stands above a Markdown text: YAML between lines of ---, TOML between lines of +++, or JSON."""

import json
import re
import tomllib
from typing import Any

import yaml


class Broken(Exception):
    """The front matter can't be read: where, and why."""


def split(text: str) -> tuple[dict[str, Any], str]:
    """The front matter and the text below it. Raises Broken."""
    if match := re.fullmatch(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n(.*))?", text, re.DOTALL):
        try:
            front = yaml.safe_load(match[1])
        except yaml.YAMLError as problem:
            mark = getattr(problem, "problem_mark", None)
            place = f" at line {mark.line + 2}, column {mark.column + 1}" if mark else ""
            raise Broken(f"{place}: {getattr(problem, 'problem', problem)}") from problem
        return (front, match[2] or "") if isinstance(front, dict) else ({}, text)
    if match := re.fullmatch(r"\+\+\+[ \t]*\n(.*?)\n\+\+\+[ \t]*(?:\n(.*))?", text, re.DOTALL):
        try:
            return tomllib.loads(match[1]), match[2] or ""
        except tomllib.TOMLDecodeError as problem:
            raise Broken(f": {problem}") from problem
    if text.startswith("{\n"):
        try:
            front, end = json.JSONDecoder().raw_decode(text)
        except ValueError:
            return {}, text
        return front, text[end:].lstrip("\n")
    return {}, text
