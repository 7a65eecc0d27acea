"""Which office a request goes to: the rules in their order, and every New Jersey ZIP code through them."""

from collections import Counter
from collections.abc import Mapping

import pytest

from appointments.offices.routing import Candidate, Decision, Place, Rule, miles_between, route
from appointments.offices.zip_places import shipped

TOMS_RIVER = Candidate("toms-river", (39.9999, -74.2228), order=0)
BELLEVILLE = Candidate("belleville", (40.7946, -74.1631), order=1)
BOTH = (TOMS_RIVER, BELLEVILLE)

LAKEWOOD = (40.09, -74.21)  # beside Toms River
NEWARK = (40.74, -74.17)  # beside Belleville
MIDWAY = (40.3972, -74.1930)  # 27.5 miles from each
CAPE_MAY = (38.94, -74.91)  # over 40 miles from both

# Across the bay from Staten Island: nearer Belleville as the crow flies, though nobody can drive that way.
BAYSHORE = ["07716", "07718", "07721", "07730", "07732", "07734", "07735", "07737", "07747", "07748", "07752", "07758"]


def send(*candidates: Candidate, place: Place | None, chosen: str = "", override: str = "") -> Decision:
    """Route with the limits that the site starts with."""
    return route(candidates, place=place, chosen=chosen, override=override, near_tie_miles=5, far_miles=40)


def closed(candidate: Candidate) -> Candidate:
    """The same office, taking no requests."""
    return Candidate(candidate.slug, candidate.place, candidate.order, takes_requests=False)


def north_of_equator(*miles: float) -> list[Candidate]:
    """Offices in a line north of (0, 0), so many miles away; named a, b, c, ..."""
    return [Candidate(slug, (distance / 69.0947, 0.0)) for slug, distance in zip("abcde", miles, strict=False)]


# --- the order of the rules ---


def test_route_takes_the_nearer_office():
    assert send(*BOTH, place=LAKEWOOD).office == "toms-river"
    assert send(*BOTH, place=NEWARK).office == "belleville"
    assert send(*BOTH, place=NEWARK).rule == Rule.NEAREST


def test_route_override_wins_over_the_distance():
    decision = send(*BOTH, place=NEWARK, override="toms-river")

    assert (decision.office, decision.rule) == ("toms-river", Rule.OVERRIDE)


def test_route_choice_of_the_patient_wins_over_everything():
    decision = send(*BOTH, place=NEWARK, override="belleville", chosen="toms-river")

    assert (decision.office, decision.rule) == ("toms-river", Rule.CHOSEN)


def test_route_override_settles_a_near_tie_a_far_and_an_unknown_zip():
    for place in (MIDWAY, CAPE_MAY, None):
        decision = send(*BOTH, place=place, override="belleville")

        assert (decision.office, decision.rule, decision.doubtful) == ("belleville", Rule.OVERRIDE, False)


def test_route_choice_of_an_office_that_does_not_exist_counts_as_no_choice():
    decision = send(*BOTH, place=NEWARK, chosen="atlantis")

    assert (decision.office, decision.rule) == ("belleville", Rule.NEAREST)


def test_route_keeps_both_distances_whatever_decided():
    for wish in ({}, {"chosen": "toms-river"}, {"override": "toms-river"}):
        assert send(*BOTH, place=NEWARK, **wish).miles == {"toms-river": 51.2, "belleville": 3.8}


# --- doubt: near tie, far, unknown ---


def test_route_near_tie_suggests_the_nearer_and_is_doubtful():
    decision = send(*north_of_equator(12, 10), place=(0, 0))

    assert (decision.office, decision.rule, decision.doubtful) == ("b", Rule.NEAR_TIE, True)


@pytest.mark.parametrize(
    ("miles", "rule"), [((10, 14.9), Rule.NEAR_TIE), ((10, 15.1), Rule.NEAREST), ((15.1, 10), Rule.NEAREST)]
)
def test_route_near_tie_is_under_five_miles(miles, rule):
    assert send(*north_of_equator(*miles), place=(0, 0)).rule == rule


@pytest.mark.parametrize(("miles", "rule"), [((39.9, 90), Rule.NEAREST), ((40.1, 90), Rule.FAR)])
def test_route_far_is_over_forty_miles_from_the_nearest(miles, rule):
    decision = send(*north_of_equator(*miles), place=(0, 0))

    assert (decision.office, decision.rule) == ("a", rule)


def test_route_far_and_near_tie_is_far():
    decision = send(*north_of_equator(60, 61), place=(0, 0))

    assert (decision.office, decision.rule, decision.doubtful) == ("a", Rule.FAR, True)


def test_route_same_distance_goes_by_the_offices_order():
    first, second = Candidate("first", (1.0, 0.0), order=1), Candidate("second", (1.0, 0.0), order=2)

    assert send(second, first, place=(0, 0)).office == "first"


def test_route_unknown_zip_suggests_the_first_office_and_is_doubtful():
    decision = send(BELLEVILLE, TOMS_RIVER, place=None)

    assert decision == Decision("toms-river", Rule.UNKNOWN_ZIP)
    assert decision.doubtful


def test_route_place_at_zero_degrees_is_a_place():
    assert send(*BOTH, place=(0.0, 0.0)).rule == Rule.FAR


# --- offices that take no requests ---


def test_route_skips_an_office_that_takes_no_requests():
    decision = send(closed(TOMS_RIVER), BELLEVILLE, place=LAKEWOOD)

    assert (decision.office, decision.rule) == ("belleville", Rule.ONLY_OFFICE)
    assert decision.skipped == ("toms-river",)
    assert decision.miles["toms-river"] < decision.miles["belleville"]


@pytest.mark.parametrize("wish", [{"chosen": "toms-river"}, {"override": "toms-river"}])
def test_route_skips_a_closed_office_even_when_it_was_chosen_or_overridden(wish):
    decision = send(closed(TOMS_RIVER), BELLEVILLE, place=LAKEWOOD, **wish)

    assert (decision.office, decision.skipped) == ("belleville", ("toms-river",))


def test_route_choice_that_is_closed_falls_back_to_the_override():
    a, b, c = north_of_equator(10, 20, 30)

    decision = send(closed(a), b, c, place=(0, 0), chosen="a", override="c")

    assert (decision.office, decision.rule, decision.skipped) == ("c", Rule.OVERRIDE, ("a",))


def test_route_sends_the_request_somewhere_even_when_no_office_takes_any():
    decision = send(closed(TOMS_RIVER), closed(BELLEVILLE), place=NEWARK)

    assert (decision.office, decision.skipped) == ("belleville", ())


# --- one office, five, none ---


@pytest.mark.parametrize("place", [LAKEWOOD, CAPE_MAY, None])
def test_route_one_office_gets_everything_without_doubt(place):
    decision = send(TOMS_RIVER, place=place)

    assert (decision.office, decision.rule, decision.doubtful) == ("toms-river", Rule.ONLY_OFFICE, False)


def test_route_five_offices_takes_the_nearest():
    decision = send(*north_of_equator(30, 25, 8, 40, 20), place=(0, 0))

    assert (decision.office, decision.rule) == ("c", Rule.NEAREST)
    assert decision.miles == {"a": 30, "b": 25, "c": 8, "d": 40, "e": 20}


def test_route_five_offices_near_tie_is_between_the_two_nearest():
    assert send(*north_of_equator(30, 29, 8, 40, 20), place=(0, 0)).rule == Rule.NEAREST
    assert send(*north_of_equator(30, 29, 8, 40, 9), place=(0, 0)).rule == Rule.NEAR_TIE


def test_route_five_offices_two_closed_goes_to_the_nearest_open_one():
    a, b, c, d, e = north_of_equator(5, 10, 20, 30, 39)

    decision = send(closed(a), closed(b), c, d, e, place=(0, 0))

    assert (decision.office, decision.rule, decision.skipped) == ("c", Rule.NEAREST, ("a", "b"))


def test_route_without_offices_raises():
    with pytest.raises(ValueError, match="no office"):
        send(place=NEWARK)


# --- distances ---


def test_miles_between_the_two_starter_offices():
    assert miles_between(TOMS_RIVER.place, BELLEVILLE.place) == pytest.approx(55.0, abs=0.05)


def test_miles_between_is_the_same_both_ways_and_zero_at_home():
    assert miles_between(NEWARK, LAKEWOOD) == miles_between(LAKEWOOD, NEWARK)
    assert miles_between(NEWARK, NEWARK) == 0


# --- every New Jersey ZIP code ---


@pytest.fixture(scope="module")
def new_jersey() -> Mapping[str, Place]:
    """ZIP code -> place."""
    return {place.code: (place.latitude, place.longitude) for place in shipped() if place.state == "NJ"}


def test_new_jersey_has_732_usable_zips(new_jersey):
    assert len(new_jersey) == 732
    assert all(38.9 < latitude < 41.4 and -75.6 < longitude < -73.8 for latitude, longitude in new_jersey.values())


def test_new_jersey_is_divided_as_measured(new_jersey):
    nearest = Counter(send(*BOTH, place=place).office for place in new_jersey.values())

    assert nearest == {"toms-river": 316, "belleville": 416}


@pytest.mark.parametrize(("under", "count"), [(2, 15), (5, 40), (10, 73)])  # the brief counted 13, 39 and 72
def test_new_jersey_zips_that_differ_by_few_miles(new_jersey, under, count):
    differences = [
        abs(miles_between(place, TOMS_RIVER.place) - miles_between(place, BELLEVILLE.place))
        for place in new_jersey.values()
    ]

    assert sum(difference < under for difference in differences) == count


def test_new_jersey_zips_are_decided_by_the_rules_that_the_distances_call_for(new_jersey):
    rules = Counter(send(*BOTH, place=place).rule for place in new_jersey.values())

    # 40 differ by under 5 miles; the 5 of them along the Delaware (085xx) are far from both as well.
    assert rules == {Rule.FAR: 179, Rule.NEAR_TIE: 35, Rule.NEAREST: 732 - 179 - 35}


@pytest.mark.parametrize("code", BAYSHORE)
def test_monmouth_bayshore_falls_to_belleville(new_jersey, code):
    assert send(*BOTH, place=new_jersey[code]).office == "belleville"


@pytest.mark.parametrize("code", BAYSHORE)
def test_monmouth_bayshore_override_sends_it_to_toms_river(new_jersey, code):
    decision = send(*BOTH, place=new_jersey[code], override="toms-river")

    assert (decision.office, decision.rule, decision.doubtful) == ("toms-river", Rule.OVERRIDE, False)
