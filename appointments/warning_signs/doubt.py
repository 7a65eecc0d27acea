"""Which words of a text are denied, and which tell of what is over. The grammar of it, in English and Spanish.

Both are read forward from the word that says so ("no fever, chills or pus", "used to have an ulcer"), and what is over
also backward ("my toe was black, gone now"). Never across the end of a sentence: what a patient adds cannot take back
what stands before. In doubt nothing is denied, for all that a sign does is to ask once more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain

from appointments.warning_signs.letters import COMMA, END, NOTHING, PAUSE, Token, plain_words
from appointments.warning_signs.vocabulary import PARTS


class Kind(Enum):
    """What a phrase does to the words around it."""

    NEUTRAL = auto()  # looks like a denial and is none: "not only", "won't heal"
    DENIES = auto()  # up to the next verb: "no", "without"
    DENIES_CLAUSE = auto()  # the whole clause: "I don't think it is infected"
    WAS = auto()  # what follows is over: "used to have"
    OVER = auto()  # what stands before is over: "gone now"
    LONG_AGO = auto()  # the clause tells of years ago
    MONTHS_AGO = auto()  # the clause tells of months ago; what began then may go on
    STILL = auto()  # it does go on
    TURNS = auto()  # another thought begins: "but", "now"


_PHRASES: dict[Kind, str] = {
    Kind.NEUTRAL: """
        no feeling / no sensation / no pulse / no circulation / no blood / no strength / no control / no movement / not himself / not herself / not myself / not themselves / not thinking / not acting / not responsive / not eating / not drinking / not making sense / not only / not just / no longer / not sure / not certain / not healing / not heal / not healed / not closing / not closed
        not better / not any better / not getting better / not getting any better / no better / not improving / not going away
        not going down / not working / not feeling / not feel / not feeling well / not feeling good / not well / not good / not right
        not normal / not looking good / not looking right / not looking well / not stopping / not responding / not helping / not able / not moving
        not walking / not sleeping / not eating / not drained / not long / not much / not fun / not there / not here
        not wanting / not too long / not knowing / not related / not my / not me / not for / not to / not in
        no idea / no reason / no clue / no matter / no doubt / no doctor / no insurance / no appointment / no relief / no help / no luck
        no good / no one / no improvement / no change / no cure / no joke / no wonder / no problem / no less / no way / no rush / no hurry
        no question / no warning / no apparent reason / no known reason / without reason / without warning / no less than
        without knowing / without noticing / without insurance / without walking / without relief
        hasnt healed / hasnt closed / hasnt stopped / hasnt gone / hasnt gotten better / hasnt improved / hasnt been healing / hasnt helped
        has not healed / has not closed / has not stopped / has not gone away / has not improved / havent healed / never healed / never closed
        never heals / never went away / never stops / never got better / never goes away / never really healed / never fully healed / never stopped
        isnt healing / isnt closing / isnt getting better / isnt going away / isnt stopping / isnt working / isnt normal / isnt right
        isnt better / isnt any better / arent healing / arent better / wasnt there / werent there / was not there / isnt improving
        isnt responding / isnt feeling / didnt heal / didnt feel / didnt notice / didnt realize / didnt know / didnt see / didnt stop
        didnt help / dont know / dont feel good / dont feel well / dont feel right / dont feel so good / dont feel so well / doesnt feel good
        doesnt feel well / doesnt feel right / doesnt look good / doesnt look right / doesnt look well / dont look good / dont look right / didnt feel well
        didnt have time / dont have insurance / dont have a doctor / dont have an appointment / dont have money / dont have time
        dont have any feeling / dont have feeling / doesnt have feeling / doesnt have any feeling / have no feeling / has no feeling
        dont feel it / dont feel my / doesnt feel his / doesnt feel her / doesnt feel it / dont feel anything
        than last month / than last week / than last year / than last time / since last month / since last year / since last summer
        never before / never had before / never had this / never had this before / never seen / never felt / never happened
        no se / no siento / no siente / no sentia / no sienten / no puedo / no puede / no pude / no puedo sentir / no aguanto / no aguanta / no soporto
        no soporta / no para / no paro / no deja / no dejan / no sana / no sano / no cierra / no cerro / no se cierra / no se cura / no se me cura
        no se me quita / no se quita / no cura / no mejora / no duele / no me duele / no le duele / no me dolia / no quiero molestar
        no quiere / no sirve / no ayuda / no funciona / no camina / no camino / no me siento bien / no se siente bien / no se que / no se si
        no se por que / no solo / no solamente / no nada mas / no es normal / no logro / no logra / no deja de / no ha sanado / no ha cerrado
        no ha parado / no sabia / no sabe / no estaba / no habia visto / no habia / no me di cuenta / no lo habia / no la habia / no cede / no baja
        no se me baja / no se le baja / no se le quita / no le para / no me para / no podemos / no apoya / no apoyo / no responde / no tengo seguro / no tengo doctor
        no tengo cita / no tengo sensibilidad / no tiene sensibilidad / no tengo fuerza / no tiene fuerza / no se mueve / no mueve / no muevo / no puedo mover
        sin parar / sin razon / sin motivo / sin saber / sin sensibilidad / sin fuerza / sin poder / sin darme cuenta / sin golpe / sin seguro / sin aviso
        sin sanar / sin cerrar / sin mejorar / sin aire / sin aliento / sin cita / sin dolor / nunca sano / nunca cerro / nunca se cerro / nunca sana
    """,
    Kind.DENIES: """
        no / not / without / witout / whitout / w o / never / nor / neither / none of / denies / denied / denying / free of / free from / negative for / absence of
        isnt / arent / aint / wasnt / werent / hasnt / havent / hadnt / hasnt been / havent been / hasnt had / havent had / not have / not had
        nothing like / not any / not a bit / no sign of / no signs of / no more / nothing
        dont have / dont hav / doesnt have / doesnt hav / didnt have / dont see / dont notice / dont get / dont run / havent noticed / havent seen / cant see any / cannot see any
        dont see any / didnt get / doesnt look / doesnt seem / dont look / doesnt smell / didnt step / didnt hear / didnt turn / doesnt get / doesnt run / didnt pop / dont smell
        doesnt show / doesnt appear / didnt hear a / didnt feel a / didnt feel any / dont have any / do not have / does not have / did not have / do not see / does not look / does not seem
        ruled out / rule out / ruling out / from getting / from becoming / cause blood / causes blood / cause an / cause a / cause ulcers / cause infection / cause infections / cause swelling / lead to / avoid / avoiding / prevent / prevents / preventing / prevention of / prevention / protect against / risk of / reduce the risk of / worried about getting / afraid of getting / scared of getting
        rather than / instead of / dont want to get / dont want / never had / never have / never have had / ive never had / never got
        sin / sin nada de / nada de / ni / tampoco / ningun / ninguna / nunca / nunca he tenido / nunca tuve / jamas / niega / no / no tengo / no tiene / no tenia / no tuvo / no hay / no esta / no estan
        no es / no son / no veo / no he tenido / no ha tenido / no he / no ha / no se ve / no se le ve / no se me ve / no se me ha puesto / no noto / no presenta / no huele / no le huele / no me ha dado / no me dio / no le ha dado
        no le sale / no me sale / no trae / no traigo / no se ha puesto / no pise / no oi / no senti / no lo tengo / no la tengo / no lo veo / no la veo
        evitar / prevenir / evito / prevengo / prevencion de / para que no / para que no me / no me salgan / no me salga / no se me haga / no se me hagan / no me den / riesgo de / para no / en vez de
    """,
    Kind.DENIES_CLAUSE: """
        dont think / do not think / doesnt think / doubt / dont believe / i dont think / so it doesnt / so i dont / so that it doesnt / so they dont / so it does not / before it gets / before it becomes / in case it
        in case i / in case they / if it gets / if it ever / if i ever / if i get / if they get / what if i get / do you treat / do you see / do you handle / do you guys treat / do you also treat / do you do / do you remove
        what happens if / what happens when / what to look for / how do you treat / what causes / what is a / what is an / what are / what is / is it contagious
        no creo que / no creo / no pienso que / por si / por si se / si se me llega / si me llega / en caso de / tratan / atienden / curan / que causa / que es / que son
    """,
    Kind.WAS: """
        used to / used to have / used to get / history of / hx of / past history of / family history of / once had / previously had / previous / prior / previously / former / healed / a healed / resolved
        had a bout of / was treated for / were treated for / was hospitalized for / recovered from / got over / as a kid i had / as a child i had
        solia / solia tener / antes tenia / antes tuve / antecedentes de / antecedente de / historial de / historia de / me cure de / me curaron de / me trataron por / ya tuve / una vez tuve / curado / curada
    """,
    Kind.OVER: """
        gone now / gone away / its gone / is gone / are gone / all gone / went away / goes away / cleared up / cleared / all clear / all better / healed / healed up / healed fine / healed well / has healed / have healed / is healed / all healed / fully healed / resolved / got better
        fine now / ok now / okay now / good now / better now / normal now / now gone / now fine / now ok / now okay / now healed / now better / now its fine / now its ok / now its gone / now it is fine / now its better / is fine / has grown out / grew out / grown out / is over / nothing since
        been fine since / fine since / gone since / closed up fine / closed up nicely / no longer a problem / no longer bothers / no longer there / no longer an issue / back to normal / went down / gone down / has gone down
        runs in the family / runs in my family / runs in our family
        ya se me quito / se me quito / ya se le quito / ya se quito / se quito / ya sano / ya me sano / ya se sano / ya cerro / ya se cerro / ya se curo / ya se me curo / ya me cure / ya cicatrizo / ya esta bien / ya estoy bien / ya paso / ya se me paso / ya se fue / ya desaparecio / ya no lo tengo / ya no la tengo
        ya estan bien / ya salio la nueva / ya se desinflamo / ya bajo / ya se me bajo / ya solto / ya soldo / y sano / y se curo / y se me quito / se me curo / se me quita / se quita
    """,
    Kind.LONG_AGO: """
        # years ago / # yrs ago / # year ago / # yr ago / # years back / years ago / yrs ago / years back / year ago / many years ago / several years ago / few years ago / couple years ago / couple of years ago / long ago / a long time ago / decades ago / a year ago
        one year ago / two years ago / two yrs ago / three years ago / four years ago / five years ago / ten years ago / twenty years ago / last year / when i was a kid / when i was a child / when i was young / when i was younger / when i was little / when i was pregnant / when i was in / when i was # / as a child / as a kid / as a teenager / as a teen
        in my twenties / in my thirties / in college / in high school / in childhood / in the past / in the army / in the service / back in # / in 19# / in 20# / in year
        hace # anos / hace anos / hace muchos anos / hace varios anos / hace unos anos / hace un ano / hace dos anos / hace tres anos / hace cuatro anos / hace cinco anos / hace diez anos / hace tiempo / hace mucho tiempo / hace mucho / anos atras / # anos atras / el ano pasado / del ano pasado / de nino / de nina / de chico / de chica / de joven / cuando era / de chiquito / de chiquita / en el pasado
    """,
    Kind.MONTHS_AGO: """
        last month / last summer / last winter / last spring / last fall / last autumn / last season / last january / last february / last march / last april / last may / last june / last july / last august / last september / last october / last november / last december / last christmas
        # months ago / # month ago / # mos ago / months ago / month ago / a month ago / a few months ago / few months ago / couple months ago / couple of months ago / several months ago / two months ago / three months ago / six months ago / back in
        in january / in february / in march / in april / in june / in july / in august / in september / in october / in november / in december / in the spring / in the summer / in the winter / in the fall / over the summer / over the winter
        el mes pasado / del mes pasado / hace # meses / hace un mes / hace dos meses / hace tres meses / hace seis meses / hace meses / hace varios meses / hace unos meses / meses atras / el verano pasado / el invierno pasado / la primavera pasada
        en enero / en febrero / en marzo / en abril / en mayo / en junio / en julio / en agosto / en septiembre / en octubre / en noviembre / en diciembre
    """,
    Kind.STILL: """
        still / again / keeps / keep / worse / worsening / is back / came back / come back / coming back / ever since / getting bigger / lately / these days / not healed / hasnt healed / never healed / has not healed / not closed / hasnt closed
        since / started / began / reopened / opened up again
        todavia / aun / sigue / siguen / sigo / otra vez / de nuevo / volvio / regreso / empeora / peor / desde / empezo / no sana / no cierra / no se cierra / no ha sanado / no ha cerrado
    """,
    Kind.TURNS: """
        but / however / although / though / except / now / because / bc / cuz / cause / yet / other than / besides / just / until / while / whereas / then / today / and now / when / since / so
        pero / aunque / sino / ahora / hoy / porque / solo / solamente / nada mas / nomas / excepto / mientras / salvo / cuando / entonces / desde
    """,
}
_BEGAN = frozenset(
    "turned went became got noticed appeared puso salio aparecio quedo".split()
)  # months ago, and may go on
_AND = frozenset("and or nor y e o u ni neither any".split())
# A part of a sentence with one of these is no more a list of what is denied, but says something of its own.
_SAYS = frozenset(
    "i im ive it its my he she his her hes shes they there theres is are was were am has have had having got get gets turned looks look feels feel"
    " became started hurts going getting coming turning goes went lots lot some very really see noticed cant cannot wont will"
    " this that which these need want please can do does did"
    " found find saw seen stepped think thought heard felt fell stubbed dropped started woke popped put took cut burned hit stuck bleeding oozing draining leaking spreading"
    " tengo tiene tienen tenia esta estan es son hay mi mis su sus se me le sale salio salen duele puedo puede veo muy mucho mucha mucho bastante quiero"
    " necesito ya esto eso cuando si".split()
)
_BEFORE_A_PART = frozenset(
    "in on of at around under between near from my the his her a en de del por la el mi su entre".split()
)
_STARTS_A_NAME = frozenset("the my his her our a an el la los las mi mis su un una".split())
_LEADS_ON = _AND | frozenset("in on of at from with under between around near by en de del con por entre sobre".split())
_FAMILY = frozenset(
    "mother mothers mom mum father dad grandmother grandma grandfather grandpa brother sister uncle aunt friend cousin neighbor"
    " mama papa madre padre abuela abuelo abuelita abuelito hermano hermana tio tia primo prima amigo amiga vecino vecina".split()
)
_HAD = frozenset("had lost died passed tuvo perdio murio amputaron".split())
_IS_NOT_SUBJECT = frozenset(
    "is are was were has have had it its that which this and but pero so all now ya se me le they then since completely totally luego que y lo".split()
)
_SHORT, _LONG = 6, 12  # words that a denial reaches in one part of a sentence


@dataclass(frozen=True)
class Doubts:
    """For each word, the place of the word that denies it (or -1), and whether it tells of what is over."""

    denied_by: list[int]
    over: list[bool]


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    kind: Kind


def doubts_of(tokens: list[Token]) -> Doubts:
    """Read the whole text once."""
    denied_by, over = [-1] * len(tokens), [False] * len(tokens)
    marks = _marks(tokens)
    kinds = {place: mark for mark in marks for place in range(mark.start, mark.end)}
    still = {tokens[mark.start].sentence for mark in marks if mark.kind is Kind.STILL}
    for mark in marks:
        match mark.kind:
            case Kind.DENIES | Kind.DENIES_CLAUSE if not _is_an_answer(tokens, mark):
                for place in chain(range(mark.start + 1, mark.end), _reach(tokens, mark, kinds)):
                    denied_by[place] = mark.start
            case Kind.WAS:
                for place in _reach(tokens, mark, kinds):
                    over[place] = True
            case Kind.OVER if not _goes_on_turning(tokens, mark):
                for place in _name_after(tokens, mark) or _before(tokens, mark, kinds):
                    over[place] = True
            case Kind.LONG_AGO | Kind.MONTHS_AGO if tokens[mark.start].sentence not in still:
                clause = _clause(tokens, mark, kinds)
                if mark.kind is Kind.LONG_AGO or not any(tokens[place].word in _BEGAN for place in clause):
                    for place in clause:
                        over[place] = True
    for place in _told_of_family(tokens, kinds):
        over[place] = True
    return Doubts(denied_by, over)


def _phrases() -> dict[str, dict[tuple[str, ...], Kind]]:
    """By the first word, longest first. "#" stands for a number."""
    found: dict[str, dict[tuple[str, ...], Kind]] = {}
    for kind, text in _PHRASES.items():
        for phrase in text.replace("\n", "/").split("/"):
            words = tuple("#" if "#" in word else plain_words(word)[0] for word in phrase.split())
            if words:
                found.setdefault(words[0], {})[words] = kind
    return found


_BY_FIRST_WORD = _phrases()
_LENGTHS = {word: sorted({len(words) for words in phrases}, reverse=True) for word, phrases in _BY_FIRST_WORD.items()}


def _marks(tokens: list[Token]) -> list[_Mark]:
    """The phrases of a text, the longest at each place; they do not overlap."""
    said = ["#" if token.word[0].isdecimal() else token.word for token in tokens]
    marks: list[_Mark] = []
    place = 0
    while place < len(tokens):
        for length in _LENGTHS.get(said[place], ()):
            end = place + length
            kind = _BY_FIRST_WORD[said[place]].get(tuple(said[place:end]))
            if kind and end <= len(tokens) and _in_one_breath(tokens, place, end):
                marks.append(_Mark(place, end, kind))
                place = end
                break
        else:
            place += 1
    return marks


def _in_one_breath(tokens: list[Token], start: int, end: int) -> bool:
    return all(tokens[place].gap == NOTHING for place in range(start + 1, end))


def _is_an_answer(tokens: list[Token], mark: _Mark) -> bool:
    """ "No, my toe is black"."""
    return mark.end < len(tokens) and tokens[mark.end].gap != NOTHING and tokens[mark.start].word in ("no", "nope")


def _goes_on_turning(tokens: list[Token], mark: _Mark) -> bool:
    """ "It is gone black"."""
    following = tokens[mark.end] if mark.end < len(tokens) else None
    return (
        tokens[mark.end - 1].word == "gone"
        and following is not None
        and following.gap == NOTHING
        and following.word not in _AND
        and following.word not in ("now", "but", "thank", "thanks", "so", "since", "pero", "after", "completely")
    )


def _reach(tokens: list[Token], mark: _Mark, kinds: dict[int, _Mark]) -> Iterator[int]:
    """The words that a denial covers: its own part of the sentence, and the parts that only go on with its list."""
    whole_clause = mark.kind is Kind.DENIES_CLAUSE
    counted, first = 0, True
    for place in range(mark.end, len(tokens)):
        token = tokens[place]
        if token.gap in (PAUSE, END):
            return
        other = kinds.get(place)
        if other and other.kind in (Kind.TURNS, Kind.NEUTRAL, Kind.DENIES, Kind.DENIES_CLAUSE, Kind.STILL):
            return
        if token.gap == COMMA or token.word in _AND:
            if not _goes_on(tokens, place + (token.word in _AND)):
                return
            counted, first = 0, False
        counted += 1
        if counted > (_LONG if whole_clause else _SHORT):
            return
        if first and not whole_clause and counted > 1 and token.word in _SAYS and mark.kind is not Kind.WAS:
            return
        yield place


def _goes_on(tokens: list[Token], start: int) -> bool:
    """Whether the part of a sentence from here on is only more of a list ("or swollen"), not a word of its own."""
    if start < len(tokens) and tokens[start].word in _AND:
        start += 1
    for place in range(start, min(start + _SHORT, len(tokens))):
        token = tokens[place]
        if place > start and (token.gap != NOTHING or token.word in _AND):
            return True
        if token.word in PARTS and tokens[place - 1].word not in _BEFORE_A_PART:
            return False
        if token.word in _SAYS and not (place > start and tokens[place - 1].word in _LEADS_ON):
            return False
    return True


def _before(tokens: list[Token], mark: _Mark, kinds: dict[int, _Mark]) -> Iterator[int]:
    """The words of which "gone now" tells: those of its own subject, or without one all of the sentence before it."""
    place = mark.start - 1
    bare = True
    while place >= 0 and tokens[place + 1].gap != END:
        if bare and tokens[place + 1].gap == NOTHING and tokens[place].word not in _IS_NOT_SUBJECT:
            bare = False
        if not bare and tokens[place + 1].gap in (COMMA, PAUSE):
            return
        other = kinds.get(place)
        if not bare and other and other.kind is Kind.TURNS:
            return
        yield place
        starts_a_name = tokens[place].word in _STARTS_A_NAME
        if not bare and starts_a_name and place and tokens[place - 1].word not in _LEADS_ON:
            return
        place -= 1


def _name_after(tokens: list[Token], mark: _Mark) -> range:
    """ "Ya sanó la herida": in Spanish what is over may follow, in one breath."""
    end = mark.end
    if end < len(tokens) and tokens[end].gap == NOTHING and tokens[end].word in _STARTS_A_NAME:
        while (
            end < len(tokens)
            and end < mark.end + _SHORT
            and tokens[end].gap == NOTHING
            and tokens[end].word not in _SAYS - _STARTS_A_NAME
        ):
            end += 1
    return range(mark.end, end)


def _clause(tokens: list[Token], mark: _Mark, kinds: dict[int, _Mark]) -> range:
    """The words of the clause around a time long ago; a time alone between commas counts for the clause beside it."""
    start, end = _clause_around(tokens, mark.start, kinds)
    if end - start - (mark.end - mark.start) > 1:
        return range(start, end)
    if end < len(tokens) and tokens[end].gap == COMMA and (start == 0 or tokens[start].gap == END):
        return range(start, _clause_around(tokens, end, kinds)[1])
    if start and tokens[start].gap in (COMMA, NOTHING):
        return range(_clause_around(tokens, start - 1, kinds)[0], end)
    return range(start, end)


def _clause_around(tokens: list[Token], place: int, kinds: dict[int, _Mark]) -> tuple[int, int]:
    start = place
    while start and tokens[start].gap == NOTHING and not _turns(kinds.get(start)):
        start -= 1
    end = place + 1
    while end < len(tokens) and tokens[end].gap == NOTHING and not _turns(kinds.get(end)):
        end += 1
    return start, end


def _turns(mark: _Mark | None) -> bool:
    return mark is not None and mark.kind is Kind.TURNS


def _told_of_family(tokens: list[Token], kinds: dict[int, _Mark]) -> Iterator[int]:
    """ "My father lost his leg to gangrene", "a mi abuelo le amputaron un dedo por gangrena"."""
    for place, token in enumerate(tokens):
        if token.word not in _FAMILY:
            continue
        for had in range(place + 1, min(place + 3, len(tokens))):
            if tokens[had].word in _HAD and tokens[had].sentence == token.sentence:
                for told in range(had, min(had + _LONG, len(tokens))):
                    if tokens[told].gap != NOTHING or _turns(kinds.get(told)) or tokens[told].word in ("and", "y"):
                        break
                    yield told
