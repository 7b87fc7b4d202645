"""Sample organisations that two states keep contact with, and a message that one of them has answered."""

from datetime import timedelta

from django.utils import timezone

from accounts.enums import InstitutionKind
from accounts.models import Circular, MemberState, StakeholderContact, User
from accounts.services.circulars import answer_address, answer_circular, send_circular

CONTACTS = (
    ("KE", "Chamber of commerce, Nairobi", InstitutionKind.PRIVATE_SECTOR, ["en"], "trade marks, small enterprises"),
    ("KE", "Technology transfer office of a university", InstitutionKind.UNIVERSITY, ["en"], "patents, licensing"),
    ("SN", "Centre de recherche agricole", InstitutionKind.RESEARCH, ["fr", "en"], "variétés végétales, brevets"),
    ("SN", "Office des métiers d’art", InstitutionKind.GOVERNMENT, ["fr"], "indications géographiques"),
)
MESSAGE = {
    "subject_en": "Which training do your members need next year?",
    "text_en": "The focal point of Kenya prepares what the state asks for next year.\n\nPlease say in a few sentences "
    "which training on intellectual property your members need, and in which form.",
}
ANSWER = "Two days on trade marks for exporters, in Mombasa, with cases from the region."


def load_contacts(people: dict[str, User]) -> None:
    """Save four organisations that have agreed to be written to, and a message to those of Kenya; once.

    Args:
        people: Those of the sample, by e-mail address.
    """
    if StakeholderContact.objects.exists():
        return
    agreed_on = timezone.localdate() - timedelta(days=20)
    states = {state.code: state for state in MemberState.objects.filter(code__in=["KE", "SN"])}
    for number, (code, name, kind, languages, areas) in enumerate(CONTACTS, 1):
        StakeholderContact.objects.create(
            name=name,
            member_state=states[code],
            institution_kind=kind,
            email=f"info@organisation{number}.example",
            website=f"https://organisation{number}.example/",
            languages=languages,
            areas=areas,
            asked_on=agreed_on,
            confirmed_on=agreed_on,
        )
    writer = people["focal.kenya@forum.example"]
    circular = Circular.objects.create(
        member_state=states["KE"],
        answers_until=timezone.localdate() + timedelta(days=30),
        written_by=writer,
        **MESSAGE,
    )
    send_circular(actor=writer, circular=circular, seen=circular.changed_at)
    first = circular.copies.select_related("contact").order_by("contact")[0]
    answer_circular(token=answer_address(first).rstrip("/").rpartition("/")[2], answer=ANSWER)
