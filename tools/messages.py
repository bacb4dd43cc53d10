"""The words of the pages: from the sources into each module's catalogues, and from those into what runs.

    python tools/messages.py [module ...]     extract, keep what is translated, drop what is gone, compile
    python tools/messages.py --check          the same without writing; fails when anything is amiss
    python tools/messages.py --compile        compile only

A catalogue holds neither line numbers nor dates and is sorted by its messages, so that a change of code
changes only the lines of the words that changed.

Polish and Ukrainian have three forms for whole numbers here, although Django's own catalogues have four (the
fourth, for fractions, is never reached by a count). Django keeps every catalogue together with its own plural
rule and asks them one after another, so the two kinds live side by side;
`src/okienko/ui/tests/test_words.py` counts through the real `ngettext`.

A message that two modules share is taken at run time from whichever is first in INSTALLED_APPS: a new one
therefore begins with what another module says already, and the check refuses two different translations of
the same words. Words that mean two things have a context (`pgettext`).
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "okienko"
PLURALS = {
    "pl": "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "uk": (
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
    ),
}
FORMS = 3
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
TEMPLATES = {".html", ".txt", ".svg", ".xml"}
PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sd]|%[sd]|\{[a-z_0-9]*\}", re.IGNORECASE)

Key = tuple[str, str]  # context, message


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", help="folders under src; all when none is given")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="write nothing, fail when anything is amiss")
    mode.add_argument("--compile", action="store_true", help="only compile what is there")
    given = parser.parse_args(arguments)
    modules = [named(name) for name in given.modules] or list(every_module())
    if given.compile:
        compile_catalogues(modules)
        return 0
    settings.configure(USE_I18N=True)
    if given.check:
        complaints = check(modules)
        sys.stderr.writelines(f"{complaint}\n" for complaint in complaints)
        return 1 if complaints else 0
    for module in modules:
        found = messages_of(module)
        for language in PLURALS:
            write(module, language, found, said_elsewhere(module, language))
    compile_catalogues(modules)
    return 0


# --- Modules and their messages -----------------------------------------------------------------------------


def named(name: str) -> Path:
    for folder in (Path(name).resolve(), ROOT / "src" / name, SOURCE / name):
        if (folder / "apps.py").is_file():
            return folder
    raise SystemExit(f"{name}: there is no module of this name (a folder with apps.py)")


def every_module() -> Iterator[Path]:
    return (file.parent for file in sorted(SOURCE.rglob("apps.py")))


def sources_of(module: Path) -> Iterator[Path]:
    """Its files; a module within it has words of its own."""
    within = {file.parent for file in module.rglob("apps.py")} - {module}
    for file in sorted(module.rglob("*")):
        inside = file.relative_to(module).parts
        if within.intersection(file.parents):
            continue
        if {"tests", "migrations", "static", "locale"} & set(inside[:-1]):
            continue
        if file.suffix == ".py" or (file.suffix in TEMPLATES and "templates" in inside):
            yield file


def messages_of(module: Path) -> dict[Key, polib.POEntry]:
    found: dict[Key, polib.POEntry] = {}
    for file in sources_of(module):
        text = file.read_text(encoding="utf-8")
        if file.suffix != ".py":
            # What is left of the markup must not look like indentation to the reader of Python.
            text = "\n".join(line.lstrip() for line in templatize(text, origin=str(file)).splitlines())
        source = io.BytesIO(text.encode())
        for _line, message, comments, context in extract(
            "python", source, keywords=KEYWORDS, comment_tags=["Translators:"], options={"encoding": "utf-8"}
        ):
            singular, plural = (message[0], message[1]) if isinstance(message, tuple) else (message, None)
            if not singular:
                continue
            entry = found.setdefault(
                (context or "", singular), polib.POEntry(msgid=singular, msgctxt=context or None)
            )
            if plural:
                entry.msgid_plural = plural
            for comment in comments:
                if comment not in entry.comment.splitlines():
                    entry.comment = "\n".join(filter(None, [entry.comment, comment]))
            if re.search(r"%\([a-z_0-9]+\)[sd]|%[sd]", singular + (plural or "")):
                entry.flags = ["python-format"]
    return found


# --- Catalogues ---------------------------------------------------------------------------------------------


def path_of(module: Path, language: str) -> Path:
    return module / "locale" / language / "LC_MESSAGES" / "django.po"


def read(module: Path, language: str) -> polib.POFile:
    path = path_of(module, language)
    return polib.pofile(str(path)) if path.exists() else polib.POFile()


def merged(module: Path, language: str, found: dict[Key, polib.POEntry]) -> polib.POFile:
    kept = {
        (entry.msgctxt or "", entry.msgid): entry for entry in read(module, language) if not entry.obsolete
    }
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Project-Id-Version": "okienko",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    for key in sorted(found):
        source, old = found[key], kept.get(key)
        entry = polib.POEntry(
            msgid=source.msgid,
            msgctxt=source.msgctxt,
            msgid_plural=source.msgid_plural,
            comment=source.comment,
            flags=list(source.flags),
        )
        if old is not None and "fuzzy" in old.flags:
            entry.flags.append("fuzzy")
        if source.msgid_plural:
            forms = old.msgstr_plural if old is not None else {}
            entry.msgstr_plural = {number: forms.get(number, "") for number in range(FORMS)}
        elif old is not None:
            entry.msgstr = old.msgstr
        catalogue.append(entry)
    return catalogue


def said_elsewhere(module: Path, language: str) -> dict[Key, polib.POEntry]:
    """What other modules say for the same words: taken over, since a reader would get it anyhow."""
    return {
        (entry.msgctxt or "", entry.msgid): entry
        for other in every_module()
        if other != module
        for entry in read(other, language)
        if not entry.obsolete and translated(entry)
    }


def write(
    module: Path, language: str, found: dict[Key, polib.POEntry], elsewhere: dict[Key, polib.POEntry]
) -> None:
    path = path_of(module, language)
    if not found:
        path.unlink(missing_ok=True)
        path.with_suffix(".mo").unlink(missing_ok=True)
        return
    catalogue = merged(module, language, found)
    for entry in catalogue:
        said = elsewhere.get((entry.msgctxt or "", entry.msgid))
        if said is not None and not translated(entry) and bool(said.msgid_plural) == bool(entry.msgid_plural):
            entry.msgstr, entry.msgstr_plural = said.msgstr, said.msgstr_plural
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(catalogue), encoding="utf-8")
    missing = sum(1 for entry in catalogue if not translated(entry))
    sys.stdout.write(f"{path.relative_to(ROOT)}: {len(catalogue)} messages, {missing} without translation\n")


def compile_catalogues(modules: list[Path]) -> None:
    for module in modules:
        for language in PLURALS:
            path = path_of(module, language)
            if path.exists():
                polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


def translated(entry: polib.POEntry) -> bool:
    return all(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)


# --- The check ----------------------------------------------------------------------------------------------


def check(modules: list[Path]) -> list[str]:
    complaints: list[str] = []
    taken: dict[tuple[str, Key], tuple[str, object]] = {}
    for module in modules:
        found = messages_of(module)
        for file in sources_of(module):
            if file.suffix == ".py":
                lines = overlooked(file.read_text(encoding="utf-8"))
                complaints += [
                    f"{file.relative_to(ROOT)}:{line}: words inside an f-string are not found"
                    for line in lines
                ]
        for language in PLURALS:
            path = path_of(module, language)
            name = str(path.relative_to(ROOT))
            if not found and not path.exists():
                continue
            catalogue = merged(module, language, found)
            if not path.exists() or path.read_text(encoding="utf-8") != str(catalogue):
                complaints.append(f"{name}: out of step with the sources: run tools/messages.py")
            for entry in catalogue:
                complaints += [f"{name}: {problem}: {entry.msgid!r}" for problem in problems(entry)]
                key = (language, (entry.msgctxt or "", entry.msgid))
                words: object = tuple(entry.msgstr_plural.values()) or entry.msgstr
                if not translated(entry):
                    continue
                other, said = taken.setdefault(key, (name, words))
                if said != words:
                    complaints.append(f"{name}: said otherwise in {other}: {entry.msgid!r}")
    return complaints


def overlooked(source: str) -> list[int]:
    """Lines of words that no catalogue gets: the reader of messages takes an f-string for one piece."""
    return sorted(
        {
            call.lineno
            for whole in ast.walk(ast.parse(source))
            if isinstance(whole, ast.JoinedStr)
            for call in ast.walk(whole)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
        }
    )


def problems(entry: polib.POEntry) -> Iterator[str]:
    if "fuzzy" in entry.flags:
        yield "fuzzy"
    if not translated(entry):
        yield "no translation"
    elif entry.msgid_plural:
        wanted = placeholders(entry.msgid_plural)
        for number, form in entry.msgstr_plural.items():
            # "One day" may do without its number; the other forms may not.
            if placeholders(form) != wanted and not (number == 0 and placeholders(form) < wanted):
                yield f"placeholders of form {number} differ"
    elif placeholders(entry.msgstr) != placeholders(entry.msgid):
        yield "placeholders differ"


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
