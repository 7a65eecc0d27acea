"""A day that has passed holds nobody up: it has done what it was for."""

from typing import Any

from django.utils import timezone
from wagtail.admin.forms import WagtailAdminModelForm


class DatedForm(WagtailAdminModelForm):
    """Of an article or a page. Wagtail would refuse to save anything beside an expiry that has passed."""

    def clean(self) -> dict[str, Any]:
        """Without the days that have passed. An expiry in the past that somebody has just typed is still refused."""
        data: dict[str, Any] = super().clean()
        now = timezone.now()
        if (data.get("go_live_at") or now) < now:
            data["go_live_at"] = None
        was_off = self.instance.first_published_at and not self.instance.live
        if (data.get("expire_at") or now) < now and (was_off or "expire_at" not in self.changed_data):
            data["expire_at"] = None
        return data
