#!/usr/bin/env python3
"""Makes Sources/EaselMuse/Scenes/Words/lexicon.tsv: words of other languages for what scenes show.

Names come from the Unicode CLDR annotations, the rest from the two tables beside this script.

    apt-get install unicode-cldr-core=41-0.1 wamerican=2020.12.07-2
    docs/data/make_lexicon.py

Each line: language, kind, English, words with | between them. The English of a thing is its name, or
its plural. A ~ before a word says that English has the word too, with another meaning: it counts only
in the company of other words of its language. The list of American English decides that, nothing of
it is copied.
"""

import collections
import pathlib
import re
import unicodedata
import xml.etree.ElementTree as tree

CLDR = pathlib.Path("/usr/share/unicode/cldr/common")
ENGLISH = pathlib.Path("/usr/share/dict/american-english")
here = pathlib.Path(__file__).resolve().parent
scenes = here.parents[1] / "Sources/EaselMuse/Scenes"

# Where two languages fit a prompt equally well, the earlier one is taken.
LANGUAGES = (
    "de fr es it pt nl sv da no fi pl cs sk hu ro hr sl sr_Latn bg ru uk el tr id ms vi ca gl eu af et "
    "lv lt is ga cy sq sw ja zh ko th ar he fa hi en").split()
UNSPACED = {"ja", "zh", "th"}

# Other drawings of the same thing: what they are called in common is the thing.
SIBLINGS = {
    "cat": "🐱", "dog": "🐶", "horse": "🐴", "cow": "🐮", "pig": "🐷", "mouse": "🐭", "rabbit": "🐰",
    "tiger": "🐯", "monkey": "🐵", "dragon": "🐲", "camel": "🐫", "chick": "🐤",
    "flower": "🌼", "moon": "🌛", "sun": "🌞", "car": "🚘", "train": "🚆", "ship": "⛴", "house": "🏡",
    "hat": "👒", "shoe": "👟", "key": "🗝", "bus": "🚍", "taxi": "🚖", "letter": "📧", "ball": "🏐",
    "star": "🌟", "book": "📗", "heart": "💛", "castle": "🏯", 
    "apple": "🍏", "grapes": "🍇", "cake": "🍰", "clock": "🕰", "telephone": "📞", "camera": "📸",
}


# Drawings of a face only, which is part of the name in many languages.
FACES = {"fox", "wolf", "lion", "unicorn", "bear", "panda", "frog", "robot"}
# Drawings that Unicode calls something else, as "high voltage" or "hot beverage".
OTHERWISE = {"coffee", "lightning bolt", "globe", "snowman", "piano"}
# Where what a name is about stands in it.
HEAD_FIRST = set("fr es it pt ca gl ro vi id ms".split())
HEAD_LAST = set("de nl sv da no hu fi et tr".split())
AND = set("und en och og ja ve és".split())

# Names whose words are inflected: "лиса" is in "морда лисы".
INFLECTED = set("ru uk pl cs sk sl hr sr_Latn bg el fi et lv lt hu ro is".split())


def fold(word):
    """As the program cuts and compares words: an apostrophe ends a word."""
    word = unicodedata.normalize("NFC", word.replace("’", "'").lower())
    word = re.sub(r"(?<=\w)'", "' ", word)
    word = re.sub(r"[^\w\s'-]|-(?!\w)|(?<!\w)-", " ", word)
    return " ".join(word.split())


def nouns():
    """Name, plural and character of every thing, as the tables of nouns give them."""
    text = "".join(path.read_text() for path in sorted(scenes.glob("Noun+*.swift")))
    for row in re.findall(r'Noun\(\s*"([^"]+)",(?:\s*plural: "([^"]+)",)?\s*"\\u\{(\w+)\}"', text):
        yield row[0], row[1] or row[0] + "s", chr(int(row[2], 16))


def annotations(language):
    """Character to (name, keywords)."""
    names, words = {}, {}
    for folder in ("annotationsDerived", "annotations"):
        path = CLDR / folder / f"{language}.xml"
        if not path.exists():
            continue
        for entry in tree.parse(path).iter("annotation"):
            text = entry.text or ""
            if "↑" in text:
                continue
            if entry.get("type") == "tts":
                names[entry.get("cp")] = text.strip()
            else:
                words[entry.get("cp")] = [word.strip() for word in text.split("|")]
    return {cp: (name, words.get(cp, [])) for cp, name in names.items()}


def is_within(word, name, language):
    """True where the word, maybe inflected, is a word of the name, or begins its compound."""
    if language in UNSPACED:
        return word in name
    word = fold(word)
    parts = re.split(r"[\s-]+", fold(name))
    if word in parts or any(len(word) >= 3 and part.startswith(word) for part in parts):
        return True
    stem = word[:-1] if len(word) >= 4 else word
    return language in INFLECTED and any(part.startswith(stem) for part in parts)


def is_head(word, name, language):
    """True where the word is what a name of several words is about."""
    parts = fold(name).split()
    if len(parts) < 2:
        return False
    if language in HEAD_FIRST:
        return fold(word) == parts[0]
    return language in HEAD_LAST and fold(word) == parts[-1] and not AND & set(parts)


def names_of(language, things):
    """Name of a thing to what CLDR calls it."""
    known = annotations(language)
    if not known:
        raise SystemExit(f"no annotations of {language}")
    # How many drawings have a word in their name or among their keywords.
    named, tagged = collections.Counter(), collections.Counter()
    for name, words in known.values():
        named.update(set(re.split(r"[\s-]+", fold(name))))
        tagged.update({fold(word) for word in words})
    found = {}
    for thing, _, character in things:
        if character not in known:
            continue
        name, words = known[character]
        good = [name]
        other = known.get(SIBLINGS.get(thing), ("", []))
        shared = {fold(word) for word in other[1] + [other[0]]}
        for word in words:
            inside = is_within(word, name, language)
            rare = tagged[fold(word)] <= 4 and named[fold(word)] <= 4
            if language in UNSPACED:
                rare = rare and sum(word in n for n, _ in known.values()) <= 4
            if inside and fold(word) in shared and tagged[fold(word)] <= 14:
                good.append(word)
            elif rare and inside and thing in FACES:
                good.append(word)
            elif rare and thing not in OTHERWISE and is_head(word, name, language):
                good.append(word)
        found[thing] = list(dict.fromkeys(map(fold, good)))
    # What several things are called is none of them, but the one whose whole name it is.
    owners = collections.defaultdict(list)
    for thing, words in found.items():
        for word in words:
            owners[word].append((word != words[0], thing))
    def is_its(word, thing):
        first = sorted(owners[word])
        return first[0][1] == thing and (len(first) == 1 or first[0][0] < first[1][0])
    return {
        thing: [word for word in words if is_its(word, thing)] for thing, words in found.items()}


def plurals(word, language):
    """Forms that the plural of a word may have; some of them no one says."""
    if " " in word or len(word) < 3:
        return []
    end = word[-1]
    if language in ("fr",):
        if end in "sxz":
            return [word]
        if word.endswith(("au", "eu")):
            return [word + "x"]
        return [word[:-2] + "aux"] if word.endswith("al") else [word + "s"]
    if language in ("es", "gl"):
        plain = word.translate(str.maketrans("áéíóú", "aeiou"))
        if end in "aeiouáéíóú":
            return [word + "s"]
        if end == "s" and plain == word:
            return [word]
        return [word[:-1] + "ces"] if end == "z" else [plain + "es"]
    if language == "pt":
        if word.endswith("ão"):
            return [word[:-2] + e for e in ("ões", "ãos", "ães")]
        if end == "m":
            return [word[:-1] + "ns"]
        if end == "l":
            return [word[:-1] + "is"]
        return [word + "es"] if end in "rzs" else [word + "s"]
    if language == "ca":
        return [word[:-1] + "es"] if end == "a" else [word + "s", word + "os"]
    if language == "it":
        if word.endswith(("ca", "ga")):
            return [word[:-1] + "he"]
        if word.endswith(("co", "go")):
            return [word[:-1] + "hi", word[:-1] + "i"]
        if word.endswith("io"):
            return [word[:-1]]
        return {"o": [word[:-1] + "i"], "e": [word[:-1] + "i"], "a": [word[:-1] + "e"]}.get(end, [])
    if language in ("nl", "af"):
        if end in "aiouy":
            return [word + "' s"]
        if word.endswith(("el", "er", "em", "en", "je", "ie", "e")):
            return [word + "s", word + "n"]
        forms = [word + "en", word + end + "en", word + "s"]
        if end in "fs":
            forms.append(word[:-1] + {"f": "v", "s": "z"}[end] + "en")
        if re.search(r"(aa|ee|oo|uu)[bcdfgklmnprst]$", word):
            forms.append(word[:-2] + end + "en")
        return forms
    if language in ("sv", "da", "no"):
        stem = word[:-1] if end in "ae" else word
        return [stem + e for e in ("ar", "or", "er", "r")] + ([word + "r"] if end == "e" else [])
    if language == "tr":
        vowels = [c for c in word if c in "aeıioöuü"]
        return [word + ("ler" if vowels and vowels[-1] in "eiöü" else "lar")]
    return []


def expanded(language, words):
    """The endings that * stands for."""
    for word in words:
        if not word.endswith("*"):
            yield word
            continue
        for ending in ("", "e", "er", "es", "en", "em"):
            yield word[:-1] + ending


def rows(path):
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def main():
    things = list(nouns())
    plural_of = {name: plural for name, plural, _ in things}
    english = {w for w in ENGLISH.read_text().splitlines() if w.islower() and w.isalpha()}
    made = {language: collections.OrderedDict() for language in LANGUAGES}

    def add(language, kind, meaning, word):
        word = fold(word)
        # First come, first served: words by hand come first. Some colours are things too.
        made[language].setdefault((word, kind == "a"), (kind, meaning))

    for language, kind, meaning, words in rows(here / "words.tsv"):
        for word in expanded(language, words.split("|")):
            add(language, kind, meaning, word)
    counted = set()
    for language, thing, words in rows(here / "nouns.tsv"):
        for word in words.split("|"):
            one, _, many = word.partition("/")
            add(language, "n", thing, one)
            counted.add((language, fold(one)))
            for form in [many] if many else plurals(fold(one), language):
                add(language, "n", plural_of[thing], form)
    for language in LANGUAGES:
        if language == "en":
            continue
        names = names_of(language, things)
        for thing, words in names.items():
            for word in words:
                # A colour in a name is no thing, unless it is the whole name.
                is_colour = (word, True) in made[language] and word != words[0]
                if len(word.split()) <= 4 and not is_colour:
                    add(language, "n", thing, word)
        for thing, words in names.items():
            for word in words:
                if (language, word) in counted:
                    continue
                for form in plurals(word, language):
                    add(language, "n", plural_of[thing], form)

    out = scenes / "Words"
    out.mkdir(exist_ok=True)
    lines = [
        "# Names of things in other languages from Unicode CLDR 41,"
        " Copyright 1991-2022 Unicode, Inc., Unicode licence (docs/licences/Unicode-DFS-2016.txt).",
        "# Made by docs/data/make_lexicon.py.",
    ]
    total = 0
    for language in LANGUAGES:
        grouped = collections.OrderedDict()
        for (word, _), (kind, meaning) in made[language].items():
            weak = language != "en" and kind in "na" and word in english
            grouped.setdefault((kind, meaning), []).append(("~" if weak else "") + word)
        for (kind, meaning), words in grouped.items():
            lines.append("\t".join([language.split("_")[0], kind, meaning, "|".join(words)]))
            total += len(words)
    (out / "lexicon.tsv").write_text("\n".join(lines) + "\n")
    print(f"{len(LANGUAGES)} languages, {total} words, {len(lines)} lines")


main()
