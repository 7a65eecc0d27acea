"""Finding an article: how people type, the page, the suggestions, and what is counted when nothing was found."""

import random
import threading
import time
from collections import defaultdict
from datetime import timedelta
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from django.db import DatabaseError
from django.utils import timezone

from articles.models import Article, MissedSearch
from articles.search import index as search_index
from articles.search.counting import worth_counting
from articles.search.engine import MOST_LETTERS, Index
from articles.search.learned import Learned
from articles.search.slips import slips
from articles.search.stems import stem
from articles.search.text import fold, words_of
from articles.search.values import Document

# What people type, one a line, under the article that must come first, or under each that may.
QUERIES = {
    "achilles-tendonitis": """
        achilles tendinitis
        acheles tendon hurts
        pain in the back of my ankle above heel
        achillies pain running
        stiff tendon behind ankle in the morning
        torn achilles tendon symptoms
        popped my achilles
        pain behind heel
        achillis tendon
        back of ankle tendon sore after running
        thick tendon at back of leg
        achilles tendonosis
        achilles hurts when I walk upstairs
        swollen achilles
        calf and heel cord tight and sore
        snapped achilles tendon
    """,
    "ankle-fracture": """
        broke my ankle on the ice
        is my ankle broken or sprained
        ankel fracture
        how long does a broken ankle take to heal
        surgery for a broken ankle
        when can I drive after breaking my ankle
        ankle bone is broken in three places
        screws and a plate in my ankle
        walking again after a broken ankle
        broken ancle cast
        fell off a ladder and broke my ankle
    """,
    "ankle-sprain": """
        I twisted my ankle
        rolled my ankle playing basketball
        sprained ankel
        is my ankle broken or sprained
        ankle swelling after a fall
        ancle sprain
        my ankle keeps giving out
        turned ankle on stairs
        swolen ankle
        outside of ankle hurts after rolling it
        torn ankle ligaments
        I fell and my ankle is swollen and bruised
        weak ankles that give way
        rolled my ancle
        how long until a sprained ankle heals
    """,
    "athletes-foot": """
        athlete's foot cream
        itching between toes
        my feet itch and peel
        skin peeling between my toes
        atheletes foot
        itchy rash on my foot
        foot fungas
        ringworm on foot
        smelly itchy feet
        cracked skin between little toes
        fungus between toes
        scaly dry skin on soles
        tinea
        athlets foot
        peeling skin on soles of feet
        itchy toes
        fungus on my feet
    """,
    "blisters": """
        blister on my heel from new shoes
        blisster on toe
        should a blister be popped
        blood blister on my toe
        blister from hiking
        shoes gave me blisters
        how to treat a blister on the foot
        blistered heel after running
        blisters from work boots
        broken blister on my foot
        bandage for a blister
    """,
    "broken-toe": """
        I think I broke my toe
        stubbed my toe and it is purple
        little toe looks broken
        brocken toe
        kicked the couch and my toe is swollen
        how to tape a broken toe
        big toe broken
        is my pinky toe broken
        dropped something heavy on my toe
        jammed my big toe
        how long does a broken toe take
        fractured my toe
    """,
    "bunions": """
        bunyon
        bunion
        bunnions
        bump on the side of my big toe
        big toe leaning toward other toes
        do I need bunion surgery
        big toe joint sticks out
        lump at base of big toe
        hallux valgus correction
        bunion splint
        big toe bends inward
        bunyun
        bone sticking out side of foot
        big bump next to my big toe
        bunion pain in shoes
        bunions surgery recovery
        bunnyon
    """,
    "can-foot-pain-cause-knee-or-back-pain": """
        can my feet cause back pain
        knee hurts because of my feet
        lower back hurts when I walk, is it my feet
        knee and foot pain
        do bad feet cause knee problems
        is my back pain from my feet
        knees hurt from flat shoes and feet
        foot problem causing hip and knee pain
        my knees ache and my feet ache
        feet and lower back hurt
    """,
    "childrens-flat-feet": """
        my toddler has flat feet
        son has flat feet
        flat footed child
        does my daughter need arch support for flat feet
        no arches in my 4 year old child
        childs feet are flat
        is flat feet normal in kids
        toddler feet turn out
        my 3 year old has flat feet
        kid's arches are flat
    """,
    "childrens-heel-pain": """
        pain behind heel running kid
        son's heel hurts after soccer
        severs desease
        kid limping heel pain
        10 year old heel pain
        my daughter has heel pain after gymnastics
        kids sore heels
        sever disease
        boy 11 heel pain sports
        growing pains heel
        child walks on tiptoes heel hurts
        teenager with heel pain from basketball
        my son limps after soccer because of his heels
    """,
    "corns-and-calluses": """
        callous on foot
        hard skin on bottom of foot
        corn between toes
        how to remove a callus
        calouses
        corns
        thick dead skin on heel
        hard corn on little toe
        thick skin on feet removal
        calus
        kallus
        painful corn on my pinky toe
        callouses on feet
    """,
    "cracked-heels": """
        cracked heels
        dry cracked skin on heels
        my heels are cracked and bleeding
        cream for cracked heels
        craked heels
        heels split open in winter
        deep cracks in heels hurt
        thick dry heels that crack
        cracked heel treatment
        heel cracks that bleed
        how do I fix cracked heels
    """,
    "diabetic-foot-care": """
        diabetic foot care
        how often should a diabetic check feet
        diabetes feet problems
        foot exam for diabetics
        diabetis feet
        shoes for diabetics
        taking care of feet with diabetes
        diabetic toenail cutting
        high blood sugar feet
        how to look after diabetic feet
        I have diabetes, what should I check on my feet
    """,
    "flat-feet": """
        flat foot
        my arch collapsed
        flatfeet
        falen arches
        feet roll inward when I walk
        I have no arches
        overpronating
        fallen arch pain adult
        posterior tibial tendonitis
        flat arches
        my feet are flat and hurt
        arches falling
        overpronation shoes
    """,
    "foot-arthritis": """
        foot arthritus
        arthritis in my foot
        big toe is stiff and won't bend
        stiff ankle joint
        osteoarthritis of the foot
        rheumatoid arthritis in feet
        halux rigidus
        bony bump on top of foot
        arthritis big toe joint
        worn out joints in foot
        artheritis foot
        midfoot arthritis
        arthritis in ankle
        stiff sore foot joints in the morning
        rhumatoid arthritis foot
    """,
    "foot-cramps": """
        cramp in my foot
        foot cramps at night
        toes cramp up in bed
        my toes cramp and lock
        charlie horse foot
        cramps in arch of foot
        foot crampps
        why do my feet cramp
        how to stop a foot cramp
        my foot spasms at night
        calf cramp wakes me up
    """,
    "foot-ulcers": """
        sore on my foot that won't heal
        diabetic foot ulcer
        open sore on bottom of foot
        wound on foot not healing
        hole in my foot
        foot ulser
        diabetic sore on toe
        infected wound on foot
        pressure sores heel
        foot sore with diabetes
        cut on foot not healing
        ulser on my foot
        sore on the bottom of my foot with diabetes
        open wound on my heel
    """,
    "fungal-nails": """
        toe nail fungus
        yellow thick toenail
        toenails are thick and yellow
        my toenail is turning black and crumbling
        onycomycosis
        ugly yellow nails
        toenale fungus
        fungal toenail laser
        fungus toenails
        discoloured toe nails
        crumbling nail
        thick nails
        toenail fungis
        thick yellow nails
        toenail fungas treatment
        my toenails look ugly and yellow
    """,
    "ganglion-and-lumps": """
        ganglion cyst on top of foot
        soft lump on my foot
        ganglian cyst
        cyst on my ankle
        lump in the arch of my foot
        plantar fibroma treatment
        is the lump on my foot cancer
        drain a ganglion cyst
        jelly filled lump on foot
        lump under skin on top of foot
        ganglion came back
    """,
    "gout": """
        gout
        gowt
        big toe red hot and swollen
        sudden pain in big toe at night
        uric acid crystals in toe
        goute attack
        even the bed sheet hurts my toe
        gouty toe
        red swollen big toe joint hot
        pain in big toe so bad sheet hurts
        gout in foot diet
        gout flair up
        big toe is suddenly red and very painful
        uric acid foot
    """,
    "hammertoes": """
        hammer toes
        hamertoe
        my toes are curling
        second toe is bent
        curled toe rubbing on shoe
        claw toes
        toes overlap
        hammer toe surgery
        crooked toes
        mallet toes
        toes bend down
        my toe is bent like a hammer
        curly toes
        toe crossing over the other
    """,
    "heel-pain": """
        bottom of heel hurts in the morning
        plantar fasitis
        sharp pain in heel when I get out of bed
        planter fascitis
        heal pain
        my heel kills me first thing in the morning
        pain on the underside of my heel
        why does my heel hurt when I stand up after sitting
        plantar faciitis treatment
        heels are sore after work
        sore heels
        stabbing pain in heel when I first stand up
        plantar fascitis
        heel hurts when I wake up
        foot hurts under heel bone in the morning
        pain in my heel after standing all day
        first step out of bed kills my heel
        bottom of my foot near the heel is sore
        plantar fasciitus stretches
        heel pane
    """,
    "heel-spurs": """
        bone spur foot
        heal spur
        bump on the back of my heel
        do I need surgery for a heel spur
        calcium deposit heel
        bony growth under heel
        spur on my heel
        calcanial spur
        heelspur
        are heel spurs dangerous
        how do you get rid of a bone spur on the heel
        heelspurs
    """,
    "high-arches": """
        high arch
        my arches are too high
        high arched feet
        cavus feet
        shoes for high arches
        supinated feet
        very high instep
        feet roll outwards
        high arched foot pain
        my instep is very high
    """,
    "ingrown-toenail": """
        toenail growing into skin
        ingrown toe nail
        infected ingrown toenail
        ingron toenail
        side of big toe nail is red and has pus
        nail digging into my toe
        pus around toenail
        ingrowing nail
        in grown toenail
        toe nail cutting into skin
        infected big toenail
        ingrown nail removal
        swollen toe next to nail
        ingrown toenale
        my big toenail is digging in
        toe is infected around the nail
    """,
    "metatarsalgia": """
        ball of foot hurts
        pain in ball of foot when walking
        metatarsalga
        pain under the front of my foot
        burning in ball of foot
        feels like bruise under my foot
        sore balls of feet
        forefoot hurts in heels
        pain behind toes bottom of foot
        hurts in the ball of my foot when I wear heels
        metatarsalgea
        ball of foot pain running
    """,
    "mortons-neuroma": """
        morton neuroma
        mortons nueroma
        feels like a pebble in my shoe
        numb toes and burning ball of foot
        pinched nerve between toes
        burning pain between third and fourth toe
        neuroma
        stone in my shoe feeling
        nerve pain ball of foot
        tingling between toes
        mortens neuroma
        mortons neroma
        feels like I am walking on a marble
        numbness between 3rd and 4th toe
    """,
    "nail-care-and-medicare": """
        does medicare cover toenail trimming
        can't reach my toenails to cut them
        someone to trim my mother's toenails
        toenail cutting for elderly
        how to cut very thick toenails
        routine foot care medicare
        medicare and toenail care
        trim toenails safely
        toenail triming for seniors
        I can no longer cut my own toenails
    """,
    "numb-or-burning-feet": """
        my feet are numb and burning
        why do my feet burn
        why are my feet numb
        feet burn at night
        tingling in my feet
        pins and needles feet
        feet falling asleep
        my feet go numb
        numbness in both feet
        loss of feeling in my feet
        tingly feet
        feet tingle at night
        numb sole of one foot
        my big toe is numb
        feet feel hot and burn at night
        toes go numb when I run
        burning feet cause
        top of my foot is numb
    """,
    "orthotics-and-insoles": """
        orthotics
        orthodics
        do I need custom orthotics for my feet
        best insoles for shoes
        arch support inserts
        custom inserts or store bought
        are custom orthotics worth it
        breaking in new orthotics
        shoe insoles for standing
        my orthotics hurt
        insoles
        inserts for my shoes
    """,
    "peripheral-neuropathy": """
        numb feet diabetes
        tingling in my feet
        feet burn at night
        neuropathy in feet
        nuropathy
        pins and needles feet
        loss of feeling in my feet
        my feet go numb
        feet falling asleep
        diabetic nerve damage
        feet tingle at night
        neuropothy
        feels like cotton under my feet
        numbness in both feet
        tingly feet
        my feet are numb and burning
        nerve damage in my feet
        periferal neuropathy
    """,
    "plantar-warts": """
        planters wart
        wart on bottom of my foot
        veruca
        black dots on bottom of foot
        plantar wort
        warts on feet
        planter warts
        seed warts foot
        viral growth on sole
        plantar worts
        hard bump with black dots under foot
        how to get rid of a wart on my foot
    """,
    "puncture-wounds-and-splinters": """
        I stepped on a nail
        splinter in my foot
        stepped on a rusty nail
        glass stuck in foot
        spliter in heel
        thorn stuck in my foot
        how to get a splinter out of my foot
        do I need a tetanus shot nail in foot
        puncture wound in foot
        puncture wound bottom of foot
        stepped on broken glass
        needle in my foot
    """,
    "running-and-sports-feet": """
        toenails turn black when I run
        running shoes how often to replace
        how to choose running shoes
        foot injuries in runners
        sports foot injuries
        my feet hurt from soccer cleats
        toenails falling off from running
        foot care for athletes
        feet for marathon training
        basketball foot injury
    """,
    "sesamoiditis": """
        sesamoid
        pain under my big toe when I push off
        sesmoiditis
        hurts under big toe joint when dancing
        sesamoid bones hurt
        pain beneath big toe joint
        dancer pain ball of foot big toe
        pain beneath my big toe
        sesamoiditus
        ball of my foot under the big toe is sore
    """,
    "shin-splints": """
        shin splints
        shin splints from running
        shinsplints
        my shins hurt when I run
        pain on inside of shin
        shin splint stretches
        sore shins after running
        shin pain
        are my shins broken or shin splints
        how do I get rid of shin splints
    """,
    "stress-fracture": """
        stress fracture
        hairline crack in foot
        foot pain after running a marathon
        top of foot is swollen and hurts
        stress fractur foot
        broken bone in foot
        metatarsal fracture
        cracked bone in my foot
        foot stress fractures from running
        pain on top of foot when running
        stress fracture in foot from running
        hairline fractures
        top of my foot is sore and swollen after running
    """,
    "sweaty-and-smelly-feet": """
        stinky feet
        my feet sweat a lot
        sweaty feet
        how to stop foot odor
        foot oder
        feet smell bad
        shoes stink from my feet
        sweaty feet treatment
        excessive sweating of the feet
        my son has smelly feet
        stop feet from sweating
    """,
    "swollen-feet": """
        swollen feet
        why are my feet swollen
        feet and ankles swell at night
        swolen ankle
        swollen ankles every evening
        swelling in feet and ankles
        feet swell when flying
        swollen feet pregnant
        swollen feet and legs
        ankles swell at the end of the day
        swelling in my feet in the heat
    """,
    "tarsal-tunnel-syndrome": """
        tarsel tunnel syndrom
        pinched nerve in my ankle
        nerve pain on inside of ankle
        electric shocks in bottom of foot
        tingling sole of foot
        tarsal tunel
        numb sole of one foot
        tibial nerve
        shooting pain inside ankle to foot
        tarsal tunnel sindrome
        trapped nerve in ankle
        inside of my ankle tingles
    """,
}
RIGHT: defaultdict[str, set[str]] = defaultdict(set)
for _slug, _lines in QUERIES.items():
    for _line in _lines.strip().splitlines():
        RIGHT[_line.strip()].add(_slug)
TABLE = list(RIGHT.items())
SEARCH = "/conditions/search/?q="


@pytest.fixture
def index(library):
    return search_index.current()


def first(index, typed):
    """The article at the top."""
    hits = index.search(typed).hits
    return hits[0].document.slug if hits else None


def soup(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def stems(text, index):
    """What the search makes of a text: stems without filler words."""
    return [index.stem(word) for word in words_of(text) if word not in index.lexicon.stop]


# --- The table ---


def test_nearly_every_query_finds_its_article_first(index):
    wrong = {typed: first(index, typed) for typed, right in TABLE if first(index, typed) not in right}

    assert len(TABLE) >= 80
    assert len(wrong) <= 0.05 * len(TABLE), wrong


def test_no_query_is_a_name_that_an_article_has(index):
    names = {" ".join(words_of(name)) for document in index.documents for name in document.other_names}

    assert [typed for typed in RIGHT if " ".join(words_of(typed)) in names] == []


def test_queries_that_are_no_name_in_other_words_either_find_their_article(index):
    names = [
        stems(name, index)
        for document in index.documents
        for name in (document.title, document.medical_name, *document.other_names)
    ]
    fresh = [(typed, right) for typed, right in TABLE if stems(typed, index) not in names]

    wrong = {typed: first(index, typed) for typed, right in fresh if first(index, typed) not in right}

    assert len(fresh) >= 80
    assert len(wrong) <= 0.05 * len(fresh), wrong


def test_every_article_is_asked_for_in_the_table(index):
    assert set(QUERIES) == {document.slug for document in index.documents}


def test_every_name_finds_an_article_that_has_it(index):
    assert len(index.documents) > 20
    for document in index.documents:
        for name in (document.title, *document.other_names):
            found = index.search(name).hits[0].document
            assert " ".join(words_of(name)) in [
                " ".join(words_of(other)) for other in (found.title, found.medical_name, *found.other_names)
            ]


# --- Words and their forms ---


@pytest.mark.parametrize(
    "forms",
    [
        "heel heels",
        "bunion bunions",
        "callus calluses",
        "crack cracks cracked cracking",
        "swell swelling swollen swells",
        "foot feet",
        "child children child's children’s",
        "itch itchy itching itches",
        "tingle tingling tingles",
        "ache aches aching achy",
        "injury injuries injured",
        "infected infection infections",
        "run running runs runner",
        "nail nails",
        "bruise bruises bruised bruising",
        "fungus fungal fungi",
        "toe toes",
        "disease diseases",
        "sprain sprained sprains",
        "numb numbness",
        "diabetes diabetic",
    ],
)
def test_forms_of_a_word_are_one(forms):
    assert len({stem(fold(form), "en") for form in forms.split()}) == 1


@pytest.mark.parametrize(
    "words", ["toe tow", "heel heal", "arch ache", "sole sore", "nail nil", "wart wear", "foot food"]
)
def test_different_words_stay_apart(words):
    assert len({stem(word, "en") for word in words.split()}) == 2


@pytest.mark.parametrize(
    "typed",
    [
        "HEEL PAIN",
        "héél pàin",
        "ＨＥＥＬ　ＰＡＩＮ",
        "heel-pain",
        "  heel,   pain?!",
        "heel pain 😀",
        "Heel\u200bpain heel pain",
    ],
)
def test_case_accents_and_signs_do_not_matter(index, typed):
    assert first(index, typed) == "heel-pain"


@pytest.mark.parametrize("typed", ["Morton's neuroma", "Morton’s neuroma", "mortons neuroma", "MORTON`S NEUROMA"])
def test_apostrophes_do_not_matter(index, typed):
    assert first(index, typed) == "mortons-neuroma"


def test_words_of_a_child_s_age_mean_a_child(index):
    assert first(index, "my 9 yr old has heel pain") == "childrens-heel-pain"
    assert first(index, "heel pain at 50 years old") == "heel-pain"


def test_words_written_apart_or_together_are_one(index):
    assert [first(index, typed) for typed in ("toe nail fungus", "toenail fungus")] == ["fungal-nails"] * 2
    assert [first(index, typed) for typed in ("heelpain", "heel pain")] == ["heel-pain"] * 2


def test_beginning_of_a_word_finds_it(index):
    assert first(index, "metatars") == "metatarsalgia"


def test_word_of_the_text_alone_is_found_too_but_names_come_first(index):
    assert index.search("fluoroquinolones").hits[0].document.slug == "achilles-tendonitis"
    assert index.search("diabetes").hits[0].document.slug == "diabetic-foot-care"


def test_article_of_another_subject_is_no_hit(index):
    found = [hit.document.slug for hit in index.search("bunion").hits]

    assert found == ["bunions"]


# --- Spelling ---


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("plantar fasitis", "plantar fasciitis"),
        ("plantar fascitis", "plantar fasciitis"),
        ("Planter Fasciitis", "plantar Fasciitis"),
        ("bunyon", "bunion"),
        ("bunnions", "bunions"),
        ("heal pain", "heel pain"),
        ("pain in my heal", "pain in my heel"),
        ("ancle sprain", "ankle sprain"),
        ("gowt", "gout"),
        ("onycomycosis", "onychomycosis"),
        ("nuropathy", "neuropathy"),
        ("acheles tendon", "achilles tendon"),
        ("pian in foot", "pain in foot"),
        ("heelspur", "heel spur"),
        ("athletes foot fungas", "athletes foot fungus"),
        ("diabetis", "diabetes"),
        ("veruca", "verruca"),
        ("kallus", "callus"),
        ("tarsel tunel", "tarsal tunnel"),
    ],
)
def test_spelling_is_repaired_by_the_words_of_the_articles(index, typed, searched):
    results = index.search(typed)

    assert (results.words, results.repaired) == (searched, True)
    assert results.hits


@pytest.mark.parametrize(
    "typed",
    [
        "sore that will not heal",
        "how long does a sprain take to heal",
        "will plantar fasciitis heal",
        "shin splints",
        "hand pain",
        "hair loss",
        "carpal tunnel",
        "parking",
        "do you take medicare",
        "karate",
        "metatarsal",
        "Smith",
        "x1234",
        "hip",
    ],
)
def test_other_words_are_left_as_they_are(index, typed):
    results = index.search(typed)

    assert (results.words, results.repaired) == (typed, False)


def test_words_taken_as_typed_get_a_did_you_mean(index):
    results = index.search("plantar fasitis", exact=True)

    assert (results.words, results.repaired, results.did_you_mean) == ("plantar fasitis", False, "plantar fasciitis")


@pytest.mark.parametrize(
    ("typed", "right", "least", "most"),
    [
        ("heel", "heel", 0, 0),
        ("bunnion", "bunion", 0.1, 0.5),
        ("bunyon", "bunion", 0.5, 0.7),
        ("naoil", "nail", 0.6, 1),
        ("hele", "heel", 0.6, 0.7),
        ("xeel", "heel", 1, 1),
        ("gout", "corn", 1.1, 9),
    ],
)
def test_slips_are_counted_by_how_easily_they_happen(typed, right, least, most):
    assert least <= slips(typed, right, 2.0) <= most


# --- What people typed ---

JUMPS = [("a", "sore foot after a jump"), ("a", "swollen toes after a jump"), ("a", "jump and swollen toes")]
BEACHES = [("b", "sore foot after the beach"), ("b", "sand at the beach"), ("b", "sand of the beach on my toes")]
COLD = [("c", "cold in winter"), ("c", "winter and cold")]
JUMP_OR_BEACH = Learned.of([*JUMPS, *BEACHES])


def test_what_people_typed_decides_between_articles_with_the_same_words():
    plain = [Document("a", "Sore foot bone", text="beach jump"), Document("b", "Sore foot skin", text="beach jump")]

    assert first(Index(plain, "en"), "sore foot beach") == "a"
    assert first(Index(plain, "en", learned=JUMP_OR_BEACH), "sore foot beach") == "b"


def test_article_without_the_words_is_found_beside_others_if_what_people_typed_says_so():
    plain = [Document("a", "Cracked bone"), Document("b", "Dry skin"), Document("c", "Sore heels")]
    typed = "sore heels after sand at the beach"

    assert first(Index(plain, "en"), typed) == "c"
    assert first(Index(plain, "en", learned=JUMP_OR_BEACH), typed) == "c"  # of which nobody typed anything yet
    assert first(Index(plain, "en", learned=Learned.of([*JUMPS, *BEACHES, *COLD])), typed) == "b"


@pytest.mark.parametrize(
    ("typed", "found"), [("toes after the beach", "b"), ("sand after the beach", None), ("swollen toes", None)]
)
def test_alone_it_finds_what_is_of_a_foot_and_more_than_a_sign(typed, found):
    plain = [Document("a", "Cracked bone"), Document("b", "Dry skin")]

    assert first(Index(plain, "en"), typed) is None
    assert first(Index(plain, "en", learned=JUMP_OR_BEACH), typed) == found


def test_new_article_without_such_phrases_wins_by_its_title(index):
    texts = [search_index.document(article) for article in Article.objects.published()]
    new = Document("new", "Heel pain from old boots")

    with_new = Index([*texts, new], "en")

    asked = ["heel pain from old boots", "heel pain old boots", "pain in heel from my old boots"]
    assert [first(with_new, typed) for typed in asked] == ["new"] * 3


# --- The index ---


def test_empty_index_finds_nothing():
    index = Index([], "en")

    assert index.search("heel pain").hits == ()
    assert index.suggest("heel") == []


def test_article_with_nothing_but_a_title_is_found():
    index = Index([Document("x", "Heel pain")], "en")

    assert first(index, "heels") == "x"
    assert "".join(piece.text for piece in index.search("heels").hits[0].summary) == ""


def test_language_without_a_lexicon_is_searched():
    assert first(Index([Document("x", "Fersenschmerz", summary="Die Ferse tut weh.")], "de"), "fersenschmerz") == "x"


def test_spanish_articles_are_found_in_spanish_words():
    index = Index(
        [
            Document("dolor-de-talon", "Dolor de talón", "fascitis plantar", summary="El talón duele al levantarse."),
            Document("unas-encarnadas", "Uña encarnada", summary="La uña crece dentro de la piel."),
            Document("juanetes", "Juanetes", other_names=("bulto en el dedo gordo",)),
        ],
        "es",
    )

    asked = ["me duele el talon", "TALÓN", "uñas encarnadas", "unas encarnadas", "juanete", "juanettes", "facitis"]
    assert [first(index, typed) for typed in asked] == [
        *["dolor-de-talon"] * 2,
        *["unas-encarnadas"] * 2,
        *["juanetes"] * 2,
        "dolor-de-talon",
    ]


def test_marks_are_the_words_searched_for_and_neighbors_share_one():
    document = Document("x", "X", description="A sore heel, or heel pain, is common.", summary="Nothing here.")
    index = Index([document, Document("y", "Y")], "en")

    pieces = index.search("heels pains").hits[0].summary

    assert [piece.text for piece in pieces if piece.marked] == ["heel", "heel pain"]
    assert "".join(piece.text for piece in pieces) == document.description


def test_sentence_shown_is_the_one_with_most_of_the_words(index):
    hit = next(hit for hit in index.search("stiff and thick tendon").hits if hit.document.slug == "achilles-tendonitis")

    assert "".join(piece.text for piece in hit.summary) == "Overuse can make it sore, stiff and thick."


@pytest.mark.thorough
def test_any_text_can_be_searched(index):
    dice = random.Random(3)
    published = set(Article.objects.published().values_list("slug", flat=True))
    letters = "aeé'’ -([{*+?.|^$/\\\"<>%\x00\u0301\u200bß漢字İıﬁ½²😀\ud800n~ñ\n"

    for _throw in range(500):
        typed = "".join(dice.choice(letters) for _letter in range(dice.randrange(0, 300)))
        hits = [*index.search(typed).hits, *index.search(typed, exact=True).hits]
        index.suggest(typed)
        worth_counting(typed, index)

        assert {hit.document.slug for hit in hits} <= published, typed


@pytest.mark.slow
def test_five_thousand_articles_cost_little_more_each_than_one_thousand(index):
    dice = random.Random(5)
    others = [f"{dice.choice('bdfgklmnprst')}{dice.choice('aeiou')}{n:x}".translate(DIGITS) for n in range(9000)]

    def varied(text, share):
        return " ".join(dice.choice(others) if dice.random() < share else word for word in text.split())

    texts = [search_index.document(article) for article in Article.objects.all()]
    many = [
        Document(
            f"{one.slug}-{number}",
            varied(one.title, 0.4),
            varied(one.medical_name, 0.4),
            tuple(varied(name, 0.3) for name in one.other_names),
            varied(one.summary, 0.1),
            varied(one.description, 0.1),
            one.areas,
            one.headings,
            varied(one.text, 0.1),
        )
        for number, one in ((number, dice.choice(texts)) for number in range(5000))
    ]
    begin = time.process_time()
    few = Index(many[:1000], "en")
    built = [time.process_time() - begin]
    big = Index(many, "en")
    built.append(time.process_time() - begin - built[0])
    spent: dict[Index, list[float]] = {few: [], big: []}
    for index_of, times in spent.items():
        for typed in RIGHT:
            begin = time.process_time()
            index_of.search(typed)
            times.append(time.process_time() - begin)

    middle = {len(index_of.documents): sorted(times)[len(times) // 2] for index_of, times in spent.items()}
    print(f"built in {built[1]:.1f} s; searched in {1000 * middle[5000]:.1f} ms")
    assert built[1] < 10 * built[0]  # five times as many articles; ratios hold on a busy machine, too
    assert middle[5000] < 10 * middle[1000]


DIGITS = str.maketrans("0123456789", "ghijklmnop")


# --- Keeping it up to date ---


def test_published_change_is_found_at_once(client, article):
    client.get(SEARCH + "podagra")
    article.title = "Zyzzyva of the heel"
    article.save_revision().publish()

    assert soup(client, SEARCH + "zyzzyva").select_one(".results a")["href"] == "/conditions/heel-pain/"


def test_draft_is_not_found(client, article):
    article.title = "Zyzzyva of the heel"
    article.save_revision()

    assert not soup(client, SEARCH + "zyzzyva").select(".results")


@pytest.mark.parametrize("way", ["unpublished", "expired", "deleted"])
def test_article_that_is_gone_is_no_longer_found(client, article, way):
    assert soup(client, SEARCH + "policeman%27s+heel").select_one(".results a")["href"] == "/conditions/heel-pain/"

    if way == "unpublished":
        article.unpublish()
    elif way == "expired":
        Article.objects.filter(pk=article.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    else:
        article.delete()

    assert "/conditions/heel-pain/" not in client.get(SEARCH + "policeman%27s+heel").content.decode()


def test_search_takes_one_query_and_two_after_a_change(client, article, django_assert_num_queries):
    client.get(SEARCH + "heel")
    with django_assert_num_queries(1):
        client.get(SEARCH + "heal+pain")
    article.save_revision().publish()

    with django_assert_num_queries(2):
        client.get(SEARCH + "heal+pain")


def test_nothing_found_and_nothing_typed_take_one_query_too(client, library, django_assert_num_queries):
    client.get(SEARCH + "heel")

    for url in ("/conditions/search/", SEARCH + "xyzzy", "/conditions/suggest/?q=he"):
        with django_assert_num_queries(1):
            assert client.get(url).status_code == 200


def test_others_search_the_old_index_while_one_builds_the_new(article):
    old = search_index.current()
    article.save_revision().publish()

    with search_index._lock:
        assert search_index.current() is old
    assert search_index.current() is not old


def test_index_can_be_searched_by_many_at_once(index):
    alone = {typed: first(index, typed) for typed in [*RIGHT][:60]}
    wrong = []

    def look():
        wrong.extend(typed for typed, slug in alone.items() if first(index, typed) != slug)

    threads = [threading.Thread(target=look) for _thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong


def test_text_of_an_article_is_searched_without_markup_and_sources(article):
    document = search_index.document(article)

    assert "<" not in document.text + document.headings
    assert "&amp;" not in document.text
    questions = next(block.value for block in article.body if block.block_type == "questions")
    assert all(question["question"] in document.headings for question in questions)
    sources = next(block.value for block in article.body if block.block_type == "sources")
    assert all(source["title"] not in document.text for source in sources)


# --- The page ---


def test_page_lists_hits_with_a_sentence_and_the_part_of_the_foot(client, library):
    page = soup(client, SEARCH + "achilles+pain")

    assert page.h1.text == "Search results"
    hit = page.select_one("ol.results > li")
    assert hit.h2.a["href"] == "/conditions/achilles-tendonitis/"
    assert hit.h2.a.text == "Achilles tendon pain (Achilles tendonitis)"
    assert "Achilles" in [mark.text for mark in hit.select("mark")]
    assert hit.select_one(".small").text == "Part of the foot: Ankle, heel"
    assert "Not what you need?" in page.select_one(".alert").text
    assert page.select_one(".alert a")["href"] == "/appointments/new/"


def test_page_says_how_many_and_keeps_the_words(client, library):
    page = soup(client, SEARCH + "bunion+surgery+cost")

    assert page.select_one("[role=status]").get_text(" ", strip=True) == "2 results for “bunion surgery cost”."
    assert page.title.text.startswith("2 results for “bunion surgery cost” | ")
    assert page.select_one("form[role=search] input[name=q]")["value"] == "bunion surgery cost"


def test_page_says_that_it_changed_the_spelling_and_how_to_go_back(client, library):
    page = soup(client, SEARCH + "heal+pain")

    status = page.select_one("[role=status]")
    assert "results for “heel pain”." in status.text
    assert "We changed the spelling for you. Search for “heal pain” instead." in status.text
    assert page.select_one("input[name=q]")["value"] == "heel pain"
    assert status.a["href"] == "/conditions/search/?q=heal+pain&exact=1"

    back = soup(client, status.a["href"]).select_one("[role=status]")
    assert "for “heal pain”." in back.text
    assert "Did you mean “heel pain”?" in back.text
    assert back.a["href"] == "/conditions/search/?q=heel+pain"


def test_page_without_hits_offers_the_phones_the_foot_and_a_to_z(client, library):
    page = soup(client, SEARCH + "xyzzy")

    assert page.select_one("[role=status]").get_text(strip=True) == "0 results for “xyzzy”."
    assert "Ask for an appointment" in page.select_one(".alert").text
    assert {link["href"] for link in page.select("main .call")} == {"tel:+17325579900", "tel:+19734503035"}
    assert len(page.select(".foot-map .zones a")) == 7
    assert len(page.select(".az .letter a")) == Article.objects.published().count()


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20%20", "?q=%00", "?q=%E2%80%8B"])
def test_page_without_words_asks_for_them(client, library, query):
    page = soup(client, f"/conditions/search/{query}")

    assert page.h1.text == "Search"
    assert page.select_one("[role=status]") is None
    assert page.select_one("input[name=q]")["value"] == ""
    assert page.select(".foot-map")


@pytest.mark.parametrize(
    "query",
    [
        "q=%ff%fe%80",
        "q=%ed%a0%80",
        "q=heel%00pain",
        "q=" + "x" * 5000,
        "q=" + "heel+" * 2000,
        "q=" + "%CC%81" * 1000,
        "q=" + "%F0%9F%A6%B6" * 300,
        "q=" + "%EF%B7%BA" * 200,
        "q=" + quote("%s%n{0}{{7*7}}${7*7}"),
        "q=" + quote("' OR 1=1; --"),
        "q=..%2f..%2fetc%2fpasswd",
        "q=heel&q=toe&exact=1&exact=0",
        "q[]=heel",
        "exact=1",
        "q=%E2%80%AEkcatta",
        "q=....&exact=%00",
    ],
)
def test_any_query_string_gives_a_page(client, library, query):
    assert client.get(f"/conditions/search/?{query}").status_code == 200
    assert client.get(f"/conditions/suggest/?{query}").status_code == 200


@pytest.mark.parametrize("extra", ["", "&exact=1"])
def test_hostile_words_are_shown_as_text(client, library, extra):
    hostile = '"><script>alert(1)</script> <b>plantar fasitis</b>'

    page = soup(client, SEARCH + quote(hostile) + extra)

    assert [script["src"] for script in page.select("main script")] == ["/static/clinic/suggest.js"]
    assert not page.select("main b")
    assert page.select_one("input[name=q]")["value"].startswith('"><script>alert(1)</script> <b>plantar fas')


def test_long_words_are_cut(client, library):
    assert len(soup(client, SEARCH + "heel+" * 100).select_one("input[name=q]")["value"]) <= MOST_LETTERS


def test_hostile_text_in_an_article_is_shown_as_text(client, article):
    article.title = "Heel <script>alert(1)</script>"
    article.description = "Heel <img src=x onerror=alert(1)>"
    article.save_revision().publish()

    page = soup(client, SEARCH + "heel+script+img")

    assert not page.select(".results script, .results img")
    assert "<script>alert(1)</script>" in page.select_one(".results h2").text


def test_page_stays_out_of_search_engines_and_of_shared_caches(client, library):
    response = client.get(SEARCH + "heel")

    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert "private" in response.headers["Cache-Control"]
    assert not response.cookies


def test_page_refuses_other_methods(client, library):
    assert client.post("/conditions/search/").status_code == 405
    assert client.post("/conditions/suggest/").status_code == 405


@pytest.mark.parametrize(
    ("url", "label", "status"),
    [
        ("/", "Search foot and ankle problems", 200),
        ("/conditions/", "Search conditions", 200),
        ("/conditions/search/", "Search conditions", 200),
        ("/no/such/page/", "Search our site", 404),
    ],
)
def test_search_box_stands_where_people_look(client, library, url, label, status):
    response = client.get(url)
    box = BeautifulSoup(response.content, "html.parser").select_one("form[role=search]")

    assert response.status_code == status
    assert box["action"] == "/conditions/search/"
    assert box.select_one(f"label[for={box.select_one('input[name=q]')['id']}]").text == label
    assert box.select_one("input[name=q]").get("aria-describedby") == (box.select_one(".hint") or {}).get("id")


# --- Suggestions ---


def test_suggestions_are_names_that_go_on_as_typed(client, library):
    names = client.get("/conditions/suggest/?q=plantar").json()["names"]

    assert "plantar fasciitis" in names
    assert all("plantar" in name.casefold() for name in names)
    assert len(names) <= 8


def test_suggestions_begin_with_names_that_begin_so(client, library):
    assert client.get("/conditions/suggest/?q=Heel pa").json()["names"][0] == "Heel pain"


@pytest.mark.parametrize("typed", ["", "h", "xyzzy", "%00", "%ff", "x" * 3000])
def test_no_suggestion_is_no_fault(client, library, typed):
    response = client.get(f"/conditions/suggest/?q={typed}")

    assert (response.status_code, response.json()) == (200, {"names": []})


def test_script_of_the_suggestions_is_small_and_waits(client, library, settings):
    script = settings.BASE_DIR / "clinic/static/clinic/suggest.js"

    assert script.stat().st_size < 1000
    assert soup(client, "/").select_one("script[src$='suggest.js']").has_attr("defer")


# --- What is not found ---


def missed():
    return list(MissedSearch.objects.values_list("words", "count"))


def test_words_without_result_are_counted(client, library):
    for typed in ("chilblains", "Chilblains!", "chilblains+on+my+foot"):
        client.get(SEARCH + typed)

    assert missed() == [("chilblains", 2), ("chilblains on my foot", 1)]


@pytest.mark.parametrize(
    "typed",
    [
        "John Smith",
        "mary jones",
        "james heller",
        "dr. smith foot doctor",
        "foot dr kowalczyk",
        "chilblains Wilhelmina Secretname",
        "732 555 0142",
        "(732) 555-0142 chilblains",
        "chilblains 08753",
        "harold@example.com",
        "chilblains harold@example.com",
        "born 9/14/1954",
        "www.example.com chilblains",
        "chilblains" + "x" * 20,
        "chilblains on the toes of both my feet",
        "chilblains c",
        "xyzzy",
        "appointment",
        "漢字 chilblains",
        "",
    ],
)
def test_what_may_be_private_is_not_counted(client, library, typed):
    client.get(SEARCH + quote(typed))

    assert missed() == []


def test_only_a_person_s_own_first_look_is_counted(client, library):
    client.get(SEARCH + "heel+pain")
    client.get(SEARCH + "chilblains&exact=1")
    client.head(SEARCH + "chilblains")
    client.get("/conditions/suggest/?q=chilblains")

    assert missed() == []


def test_count_keeps_nothing_about_the_visitor():
    assert {field.name for field in MissedSearch._meta.get_fields()} == {"id", "words", "count", "last_at"}


def test_table_of_missed_searches_stays_small(db, monkeypatch):
    monkeypatch.setattr(MissedSearch, "MOST", 3)
    for words in ("a", "a", "b", "c", "d", "e"):
        MissedSearch.objects.count_up(words)

    assert MissedSearch.objects.count() == 3
    assert {"a", "e"} <= set(MissedSearch.objects.values_list("words", flat=True))


def test_page_is_shown_although_the_count_can_not_be_written(client, library, monkeypatch):
    def refuse(*args, **kwargs):
        raise DatabaseError("read-only")

    monkeypatch.setattr(MissedSearch.objects._queryset_class, "create", refuse)

    assert client.get(SEARCH + "chilblains").status_code == 200


@pytest.mark.parametrize("who", ["editor", "reviewer"])
def test_editors_see_what_was_not_found(request, signed_in, library, who):
    MissedSearch.objects.count_up("chilblains")

    browser = signed_in(request.getfixturevalue(who))

    assert "chilblains" in browser.get("/cms/missedsearch/").content.decode()
    assert "Searched, not found" in browser.get("/cms/").content.decode()


def test_front_desk_does_not(signed_in, toms_river_desk):
    assert signed_in(toms_river_desk).get("/cms/missedsearch/").status_code == 403


def test_nobody_changes_the_list(signed_in, editor, admin_user, library):
    MissedSearch.objects.count_up("chilblains")
    row = MissedSearch.objects.get()

    for user in (editor, admin_user):
        browser = signed_in(user)
        for address in ("new/", f"edit/{row.pk}/", f"delete/{row.pk}/"):
            assert browser.get(f"/cms/missedsearch/{address}").status_code in (302, 403), address
            assert browser.post(f"/cms/missedsearch/{address}", {"words": "mine"}).status_code in (302, 403), address

    assert missed() == [("chilblains", 1)]


# --- Kinds of queries that were wrong once ---


@pytest.mark.parametrize("typed", ["bruise on foot", "weight loss"])
def test_sign_of_many_problems_names_none_by_itself(index, typed):
    assert not index.search(typed).hits


@pytest.mark.parametrize("typed", ["cataract surgery", "eyelid surgery", "gallbladder surgery"])
def test_treatment_of_something_we_have_never_heard_of_finds_nothing(index, typed):
    assert not index.search(typed).hits


def test_sign_that_is_an_articles_name_finds_it(index):
    assert first(index, "swollen ankle") in ("ankle-sprain", "swollen-feet")
    assert first(index, "swollen feet") == "swollen-feet"
    assert first(index, "blister") == "blisters"
    assert first(index, "swollen achilles") == "achilles-tendonitis"


def test_child_is_counted_once_and_never_above_the_problem(index):
    assert first(index, "13 year old girl with bunion") == "bunions"
    assert first(index, "my 9 year old boy has heel pain") == "childrens-heel-pain"


def test_aid_counts_beside_words_that_stand_in_no_title(index):
    assert first(index, "do toe spacers work") == "bunions"
    assert first(index, "splint for my hammertoe") == "hammertoes"


def test_letters_that_are_whole_to_unicode_are_folded(index):
    assert words_of("Sør Łódź Đà æon") == ["sor", "lodz", "da", "aeon"]
    assert first(index, "bunıon") == "bunions"
