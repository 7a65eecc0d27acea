"""Who sits at the front desk, and what waits there."""

from collections.abc import Callable

import pytest
from django.test import Client

from appointments.models import AppointmentRequest
from common.models import User


@pytest.fixture
def tess(toms_river_desk: User, signed_in: Callable[[User], Client]) -> Client:
    """Toms River's receptionist at her screen."""
    return signed_in(toms_river_desk)


@pytest.fixture
def bella(belleville_desk: User, signed_in: Callable[[User], Client]) -> Client:
    """Belleville's receptionist at her screen."""
    return signed_in(belleville_desk)


@pytest.fixture
def mona(manager: User, signed_in: Callable[[User], Client]) -> Client:
    """The manager of both offices at her screen."""
    return signed_in(manager)


@pytest.fixture
def waiting(make_request: Callable[..., AppointmentRequest]) -> AppointmentRequest:
    """A request for Toms River that waits for its call."""
    return make_request()
