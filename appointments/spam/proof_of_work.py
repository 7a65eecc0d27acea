"""A proof of work: a sum that takes a sender's browser about a second, and somebody who sends thousands, days.

The challenge is ALTCHA's (https://altcha.org, version 2): find the counter whose PBKDF2 key begins as asked. Ours is
signed, good for CHALLENGE_MINUTES and once. `static/appointments/proof.js` solves it; nothing of a third party is
loaded.
"""

import base64
import json
import secrets
from datetime import timedelta

import altcha
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from common.crypto import digest

ALGORITHM = "PBKDF2/SHA-256"  # browsers have it built in
COST = 5000  # iterations of one try; about 5 ms on a phone
CHALLENGE_MINUTES = 30


def new_challenge() -> str:
    """A fresh challenge, as the browser's script takes it: base64 of JSON. Costs us one try."""
    tries = settings.PROOF_TRIES // 2 + secrets.randbelow(settings.PROOF_TRIES)  # never none, never for ever
    challenge = altcha.create_challenge(
        ALGORITHM,
        COST,
        counter=tries,
        expires_at=timezone.now() + timedelta(minutes=CHALLENGE_MINUTES),
        hmac_secret=digest("proof of work", "challenge"),
        hmac_key_secret=digest("proof of work", "key"),
    )
    return base64.b64encode(json.dumps(challenge.to_dict()).encode()).decode()


def is_solved(payload: str) -> bool:
    """Whether this is the solution of a challenge of ours that has not been used before. It is used now."""
    result = altcha.verify_solution(
        payload, digest("proof of work", "challenge"), hmac_key_secret=digest("proof of work", "key")
    )
    if not result.verified:
        return False
    nonce = altcha.Payload.from_base64(payload).challenge.parameters.nonce
    return cache.add(f"proof-{digest('used proof', nonce)}", 1, timeout=CHALLENGE_MINUTES * 60)
