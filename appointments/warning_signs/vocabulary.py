"""The words that lines share: lists by their names in capitals, endings, small words, and words that are no slips.

All in small letters, without accents; plurals with s or es need not be listed.
"""

from functools import lru_cache
from pathlib import Path

from appointments.warning_signs.letters import plain_words

_ORDINARY = Path(__file__).parents[1] / "data" / "ordinary_words.txt"


def _list(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.replace("\n", "/").split("/") if phrase.strip())


_FOOT = """
    foot / feet / toe / big toe / little toe / pinky / heel / ankle / ankel / arch / sole / instep / ball of foot / ball of my foot / skin / stump / bunion / limb / extremity / hallux
    pie / pies / pierna baja / dedo / dedito / dedo gordo / dedos / talon / talones / tobillo / planta / empeine / juanete / piel / pata / piecito / deditos / munon
"""
_LEG = "leg / shin / lower leg / knee / thigh / calf / pierna / rodilla / pantorrilla / espinilla / muslo / canilla"
_CALF = """
    calf / calfs / calves / calve / caff / back of leg / back of my leg / back of the leg / back of his leg / back of her leg / one leg / left leg / right leg / lower leg / other leg
    pantorrilla / pantorilla / gemelo / batata / una pierna / pierna derecha / pierna izquierda / atras de la pierna / la pierna
"""
_RECENT = """
    sudden / suddenly / suddnly / sudenly / all of sudden / all of the sudden / out of nowhere / out of the blue / today / tonight / tonite / yesterday / yday / this morning / this afternoon / this evening / last night / last nite / overnight
    woke up / an hour ago / hour ago / hours ago / # hours / few hours / just now / just started / right now / past hour / minutes ago / since the fall / since i fell / since surgery / after surgery / after the fall / quickly
    repente / de repente / pronto / subito / subita / subitamente / hoy / ayer / anoche / antier / anteayer / esta manana / esta tarde / esta noche / amanecio / amaneci / amanecieron / hace rato / hace un rato / hace una hora / una hora / horas / de golpe / de la nada
"""
_HURT = """
    fell / fall / falls / fallen / falling / felled / trip / tripped / slip / slipped / twist / twisted / rolled / roll / sprain / sprained / landed / jumped / jumping / hit / dropped / crushed / slammed / smashed / kicked / ran over / run over
    injured / injury / injuries / hurt / accident / crash / crashed / stubbed / jammed / stepped wrong / misstep / came down / ladder / stairs / steps / curb / broke / broken / fracture / fractured / soccer / basketball / football / trampoline / tackled / bike / skateboard / wreck / banged / bumped / whacked / pinned
    cai / caí / caer* / caida / cayo / cayendo / cayera / caido / tropez* / tropec* / tropie* / resbal* / torci / torcio / torcedura / torcer* / doble / doblo / esguince / golpe* / pegue / pego / aplast* / machuc* / lesion* / lastim* / accidente / choque / choqué / choco / atropell* / escalera / escalon / fractur* / quebr* / rompi / rompio
    brinco / brinque / salte / saltar / bicicleta / moto / patada / pisoton / futbol / trampolin
"""
_CANT = """
    cannot / cant / can not / couldnt / could not / unable to / not able to / isnt able to / wasnt able to / arent able to / no longer able to / cannot even / cant even / couldnt even / can no longer / no way to / impossible to / wont let me / wont let him / wont let her / refuses to / refuse to / refusing to / wont / will not / unwilling to / aint able to / cnt / kant / carnt / canot / cany / can t
    no puedo / no puede / no pude / no pudo / no podia / no podemos / no puedo ni / no puede ni / no logro / no logra / no aguanto / no aguanta / no soporto / no soporta / no consigo / incapaz de / imposible / no quiere / no me deja / no lo deja / no la deja / no lo puedo / no lo puede / no la puedo / no la puede / ya no puedo / ya no puede / no se puede / no le puedo / no los puedo / no los puede / nop puedo / no puedes
"""
_NAIL = "nail / toenail / nails / toenails / uña / uñas / uñero / la una / las unas / mi una / mis unas / su una / una enterrada"
NAMES: dict[str, tuple[str, ...]] = {
    "FOOT": _list(_FOOT),
    "LEG": _list(_LEG),
    "LIMB": _list(_FOOT) + _list(_LEG),
    "NAIL": _list(_NAIL),
    "CALF": _list(_CALF),
    "RECENT": _list(_RECENT),
    "HURT": _list(_HURT),
    "CANT": _list(_CANT),
}
AROUND = frozenset({"HURT", "RECENT"})  # are often told in a sentence of their own: "I fell. My foot is crooked."
PARTS = frozenset(plain_words(phrase)[-1] for phrase in NAMES["LIMB"]) | {
    "feet",
    "fet",
    "toes",
    "ankles",
    "heels",
    "legs",
}

# What a word with * is tried with when a patient's word has a slip; without a slip any ending will do.
ENDINGS = tuple("ed ing y er en a as o os ado ada ados adas ido ida ando iendo ar ion ation".split())

# May stand between the words of a phrase.
SMALL = frozenset(
    plain_words(
        "a an the its im ive thats my his her our their your this that these those is are am was were be been being it its very so really all kind of"
        " just now totally completely still some bit little pretty quite too also more and even of in at to on up down with has have had got gets"
        " into by from right left bad badly both one big small new old much lot lots any for bright super looking look looks feeling"
        " el la los las lo un una unos unas mi mis su sus es esta estan muy tan todo toda todos todas bien mucho mucha medio media poco"
        " se me le te ya del de en al a y que como por con nos les este esto esa ese mas pero bastante algo hay tengo tiene derecho derecha izquierdo izquierda"
    )
)


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """Words of every day that look like a slip of some word of a sign ("would", "wound"), and are none."""
    return frozenset(plain_words(_ORDINARY.read_text()))
