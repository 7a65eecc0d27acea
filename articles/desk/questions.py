"""Readers' questions at the desk."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, HelpPanel, ObjectList
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from articles.desk.policies import NobodyAdds
from articles.desk.typed_before import TypedBefore
from articles.models import ReaderQuestion
from articles.models.questions import FOR_REVIEWER, NOT_PUBLISHED, NOT_TAKEN_BACK, SHOWN
from articles.reviewing import rules
from common.models import User


class ModerationForm(WagtailAdminModelForm):
    """What moderators write. Whoever publishes is put down as the one who answered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        question: ReaderQuestion = self.instance
        may = question.moves(self.for_user)
        status = self.fields["status"]
        status.choices = [(key, _wording(key, question)) for key in may]
        refusal = NOT_TAKEN_BACK if question.status in SHOWN else NOT_PUBLISHED
        status.error_messages["invalid_choice"] = refusal
        if question.was_public and rules.reviewer_of(self.for_user) is None:
            for name in ("text", "answer"):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        """What is a reviewer's is settled here, before the question's own rules are checked."""
        data: dict[str, Any] = super().clean()
        if "status" in data:
            for name in ("status", "text", "answer"):
                setattr(self.instance, name, data.get(name, getattr(self.instance, name)))
            self.instance.set_publisher(self.for_user)
        return data


def _wording(status: str, question: ReaderQuestion) -> str | Promise:
    """A choice as what somebody does, where that is not the name of where it leads to."""
    words: dict[str, str | Promise] = {
        ReaderQuestion.Status.TAKE_BACK: _("Ask the reviewer to take it back"),
        ReaderQuestion.Status.WITHDRAWN: _("Take it back: readers do not see it any more"),
    }
    same = status == question.status
    return ReaderQuestion.Status(status).label if same else words.get(status, ReaderQuestion.Status(status).label)


class QuestionPolicy(NobodyAdds):
    """What readers have seen stays on record."""

    def user_has_permission_for_instance(self, user: User, action: str, instance: Model) -> bool:
        """Nobody deletes it."""
        if action == "delete" and isinstance(instance, ReaderQuestion) and instance.was_public:
            return False
        return bool(super().user_has_permission_for_instance(user, action, instance))


class QuestionIndex(generic.IndexView):
    """Newest first; for a reviewer, what waits for one on top."""

    def order_queryset(self, queryset: QuerySet[ReaderQuestion]) -> QuerySet[ReaderQuestion]:
        ordered: QuerySet[ReaderQuestion] = super().order_queryset(queryset)
        if self.is_explicitly_ordered or rules.reviewer_of(self.request.user) is None:
            return ordered
        waits = Q(status__in=FOR_REVIEWER)
        return ordered.annotate(waits=waits).order_by("-waits", *ordered.query.order_by)

    @property
    def is_explicitly_ordered(self) -> bool:
        """Whether somebody has clicked on a column."""
        return "ordering" in self.request.GET

    def get_base_queryset(self) -> QuerySet[ReaderQuestion]:
        """One query for all."""
        rows: QuerySet[ReaderQuestion] = super().get_base_queryset()
        return rows.select_related("article").defer("article__body")

    def get_delete_url(self, instance: ReaderQuestion) -> str | None:
        """None for what readers have seen."""
        url: str | None = None if instance.was_public else super().get_delete_url(instance)
        return url


class QuestionEdit(TypedBefore, generic.EditView):
    """Says at the top, too, why something is refused."""

    def is_valid(self, form: ModerationForm) -> bool:
        """Keeps the form for its reasons."""
        self.sent = form
        return bool(super().is_valid(form))

    def get_error_message(self) -> str:
        """With the reasons."""
        reasons = [str(error) for errors in self.sent.errors.values() for error in errors]
        return " ".join([super().get_error_message() or "", *reasons]).strip()


class QuestionDelete(generic.DeleteView):
    """Of what readers never saw."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Raises PermissionDenied."""
        if not self.permission_policy.user_has_permission_for_instance(request.user, "delete", self.object):
            raise PermissionDenied
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer


class ReaderQuestionViewSet(ModelViewSet):
    """Readers' questions, to be reworded, answered, published or refused."""

    model = ReaderQuestion
    icon = "help"
    menu_label = _("Questions")
    menu_order = 150
    add_to_admin_menu = True
    list_display = ("excerpt", "article", "status", "asked_at")
    list_filter = ("status",)
    ordering = ("-asked_at", "-pk")
    list_per_page = 50
    index_view_class = QuestionIndex
    edit_view_class = QuestionEdit
    delete_view_class = QuestionDelete
    edit_handler = ObjectList(
        [
            FieldPanel("article", read_only=True),
            FieldPanel("asked_at", read_only=True),
            FieldPanel("text"),
            FieldPanel("answer"),
            FieldPanel("status"),
            FieldPanel("answered_by", read_only=True),
            HelpPanel(template="articles/cms/shown_before.html", heading=_("What readers saw before")),
        ],
        base_form_class=ModerationForm,
    )
    add_to_reference_index = False
    copy_view_enabled = False
    permission_policy = QuestionPolicy(ReaderQuestion)
