"""How far apart two words are, by the slips that people make."""


def letters(word: str) -> int:
    """Which letters a word has, a bit for each."""
    mask = 0
    for character in word:
        mask |= 1 << (ord(character) & 31)
    return mask


SOUNDING_ALIKE = {
    **{vowel: "aeiouy".replace(vowel, "") for vowel in "aeiouy"},
    "c": "ks",
    "k": "c",
    "s": "czx",
    "z": "sx",
    "x": "sz",
    "f": "vp",
    "v": "f",
    "p": "f",
    "m": "n",
    "n": "mk",
    "w": "u",
}


def slips(typed: str, right: str, most: float) -> float:
    """How many slips lie between two words; more than `most` means too many to count.

    A letter too many, missing or wrong is one slip. Two letters in the wrong order, a wrong vowel, and letters that
    sound alike are a smaller one, and a letter doubled or not the smallest.
    """
    before_last: list[float] = []
    last = [float(j) for j in range(len(right) + 1)]
    for i, here in enumerate(typed, start=1):
        row = [float(i)]
        for j, there in enumerate(right, start=1):
            if here == there:
                cost = last[j - 1]
            else:
                cost = last[j - 1] + (0.65 if there in SOUNDING_ALIKE.get(here, "") else 1)
            cost = min(
                cost,
                last[j] + (0.45 if i > 1 and typed[i - 2] == here else 1),
                row[j - 1] + (0.45 if j > 1 and right[j - 2] == there else 1),
            )
            if i > 1 and j > 1 and here == right[j - 2] and typed[i - 2] == there and here != there:
                cost = min(cost, before_last[j - 2] + 0.65)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before_last, last = last, row
    return last[-1]
