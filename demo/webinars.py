"""A sample year of webinars: held, being followed up, announced, and the cycle of the next year with its answers."""

import tomllib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import cycle as turns
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from accounts.enums import Gender, InstitutionKind
from accounts.markdown import render
from accounts.models import Mandate, MemberState, RegionalGroup, User
from accounts.services.reference import translated
from forum.enums import TopicKind
from forum.models import Topic
from webinars.enums import (
    AttendanceSource,
    Channel,
    CycleState,
    MaterialKind,
    MaterialState,
    Origin,
    Promoter,
    ProposalState,
    QuestionState,
    RegistrationState,
    Translation,
    WebinarState,
)
from webinars.models import (
    Answer,
    AttendanceInterval,
    Cycle,
    CycleScope,
    Engagement,
    Feedback,
    FeedbackReceipt,
    Interest,
    Material,
    Meeting,
    PromotionTask,
    Proposal,
    Question,
    QuestionVote,
    Region,
    Registration,
    Release,
    ScopeArea,
    Series,
    Webinar,
)
from webinars.services import releases, reminders

CONTENT = Path(__file__).resolve().parent / "content" / "webinars.toml"
GENEVA = ZoneInfo("Europe/Zurich")
NEEDS = 45  # the number of the sample's topic that goes with the webinar to come
LASTS = timedelta(minutes=90)
COUNTRIES = ("KE", "SN", "CO", "PH", "FJ", "PL", "MA", "BR", "KZ", "FR")


def load_webinars(people: dict[str, User]) -> None:
    """Save the webinars of the sample, unless there is a cycle already.

    Args:
        people: By e-mail address, and by the code of the state that they speak for.
    """
    if Cycle.objects.exists():
        return
    about = tomllib.loads(CONTENT.read_text())
    secretariat = people["secretariat@forum.example"]
    this_year = _this_year(secretariat)
    pilot, *held, to_come = about["webinar"]
    series = Series.objects.create(
        **translated("title", about["series"]["title"]), **translated("theme", about["series"]["theme"])
    )
    webinars = {
        pilot["key"]: _load_webinar(pilot, _at(date(this_year.year - 1, 10, 6)), WebinarState.COMPLETE, secretariat)
    }
    for entry, starts_at in zip(held, _days_of(this_year.year, len(held)), strict=True):
        state = WebinarState.FOLLOW_UP if entry is held[-1] else WebinarState.COMPLETE
        webinars[entry["key"]] = _load_webinar(entry, starts_at, state, secretariat, this_year)
    next_week = _at(timezone.localdate() + timedelta(days=8))
    webinars["next"] = _load_webinar(to_come, next_week, WebinarState.ANNOUNCED, secretariat, this_year)
    for entry in about["webinar"]:
        if "part" in entry:
            webinar = webinars[entry["key"]]
            webinar.series, webinar.part = series, entry["part"]
            webinar.save(update_fields=["series", "part"])
        if "builds_on" in entry:
            webinars[entry["key"]].builds_on.add(webinars[entry["builds_on"]])
    for entry in about["answered"]:
        _load_answered(entry, webinars[entry["webinar"]], secretariat)
    _load_left_open(about["open"], webinars[held[-1]["key"]], people)
    _load_promotion(webinars["next"], people)
    _load_outcomes(about["outcome"], this_year, people)
    webinars["next"].topic = Topic.objects.filter(number=NEEDS, kind=TopicKind.WEEKLY).first()
    webinars["next"].save(update_fields=["topic"])
    Release.objects.create(
        cycle=this_year, number=1, snapshot=releases.snapshot_of(this_year), published_by=secretariat
    )
    _load_next_year(about, this_year.year + 1, people)


# --- The years --------------------------------------------------------------------------------------


def _this_year(secretariat: User) -> Cycle:
    """Begin the cycle whose webinars are held: this year's, or in its first months the one before."""
    today = timezone.localdate()
    year = today.year if today.month > 3 else today.year - 1
    return _cycle(
        year,
        state=CycleState.RUNNING,
        overridden_cap=7,
        cap_reason="Two groups asked for a working session on needs in very small offices, and a speaker was free.",
        cap_overridden_by=secretariat,
        cap_overridden_at=_at(date(year, 6, 1)),
        published_at=_at(date(year - 1, 12, 15)),
    )


def _cycle(year: int, **values: Any) -> Cycle:
    fields = {
        "answers_due_at": _at(date(year - 1, 10, 1)),
        "decision_on": date(year - 1, 11, 15),
        "publication_on": date(year - 1, 12, 15),
        "created_at": _at(date(year - 1, 7, 1)),
        "opened_at": _at(date(year - 1, 8, 15)),
    }
    cycle = Cycle.objects.create(year=year, **(fields | values))
    CycleScope.objects.bulk_create(CycleScope(cycle=cycle, area=area) for area in ScopeArea.objects.all())
    return cycle


def _at(day: date) -> datetime:
    """Return two in the afternoon of a day in Geneva, or of the Monday after a weekend."""
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 14, tzinfo=GENEVA)


def _days_of(year: int, count: int) -> Sequence[datetime]:
    """Return when the webinars of a year were held: from January to two weeks ago, evenly apart."""
    first, last = date(year, 1, 20), min(date(year, 12, 8), timezone.localdate() - timedelta(days=16))
    return [_at(first + (last - first) * number / (count - 1)) for number in range(count)]


def _coordinators(people: dict[str, User]) -> dict[str, User]:
    """Return the coordinators of the sample by the key of their group."""
    mandates = Mandate.objects.filter(user__in=set(people.values())).select_related("regional_group", "user")
    return {mandate.regional_group.key: mandate.user for mandate in mandates if mandate.regional_group}


def _load_outcomes(entries: list[dict[str, Any]], cycle: Cycle, people: dict[str, User]) -> None:
    """Save what was proposed for the year and not selected, with the reason that everybody reads."""
    coordinators = _coordinators(people)
    for number, entry in enumerate(entries, 1):
        proposal = Proposal.objects.create(
            cycle=cycle,
            number=number,
            origin=Origin.GROUP,
            group=RegionalGroup.objects.get(key=entry["group"]),
            proposed_by=coordinators[entry["group"]],
            language=entry["language"],
            languages=[entry["language"]],
            scope_area=ScopeArea.objects.get(letter=entry["area"]),
            state=ProposalState(entry["state"]),
            state_reason=entry["reason"],
            submitted_at=cycle.answers_due_at - timedelta(days=3),
            **{f"{name}_{entry['language']}": entry[name] for name in ("title", "aims", "audience", "subject")},
        )
        proposal.regions.set(Region.objects.filter(group=proposal.group))


def _load_next_year(about: dict[str, Any], year: int, people: dict[str, User]) -> None:
    """Save the cycle whose answers are open: the Secretariat's list, some groups' wishes, and a state's draft."""
    secretariat, delegate = people["secretariat@forum.example"], people[about["draft"]["state"]]
    now = timezone.now()
    due = _at(timezone.localdate() + timedelta(days=21))
    cycle = _cycle(
        year,
        state=CycleState.OPEN,
        opened_at=now - timedelta(days=10),
        created_at=now - timedelta(days=30),
        answers_due_at=due,
        decision_on=due.date() + timedelta(days=14),
        publication_on=due.date() + timedelta(days=28),
    )
    coordinators = _coordinators(people)
    groups = {group.key: group for group in RegionalGroup.objects.all()}
    for number, entry in enumerate(about["topic"], 1):
        proposal = Proposal.objects.create(
            cycle=cycle,
            number=number,
            origin=Origin.SECRETARIAT,
            proposed_by=secretariat,
            language="en",
            languages=entry["languages"],
            scope_area=ScopeArea.objects.get(letter=entry["area"]),
            state=ProposalState.SUBMITTED,
            submitted_at=now - timedelta(days=12),
            **_texts(entry, "title", "aims", "audience", "subject"),
        )
        for key, level in entry["wishes"].items():
            Interest.objects.create(
                proposal=proposal,
                group=groups[key],
                level=level,
                languages=entry["languages"][:1],
                entered_by=coordinators[key],
                entered_at=now - timedelta(days=number),
            )
    draft = about["draft"]
    proposal = Proposal.objects.create(
        cycle=cycle,
        number=len(about["topic"]) + 1,
        origin=Origin.MEMBER,
        group=delegate.member_state.group if delegate.member_state else None,
        member_state=delegate.member_state,
        proposed_by=delegate,
        language=draft["language"],
        languages=[draft["language"]],
        scope_area=ScopeArea.objects.get(letter=draft["area"]),
        **{f"{name}_{draft['language']}": draft[name] for name in ("title", "aims", "audience", "subject")},
    )
    proposal.regions.set(Region.objects.filter(group=proposal.group))


# --- One webinar ------------------------------------------------------------------------------------


def _load_webinar(
    about: dict[str, Any], starts_at: datetime, state: WebinarState, owner: User, cycle: Cycle | None = None
) -> Webinar:
    webinar = Webinar.objects.create(
        cycle=cycle,
        scope_area=ScopeArea.objects.get(letter=about["area"]),
        languages=about["languages"],
        state=state,
        starts_at=starts_at,
        ends_at=starts_at + LASTS,
        owner=owner,
        capacity=200 if state == WebinarState.ANNOUNCED else None,
        answers_due_on=starts_at.date() + timedelta(days=30) if state == WebinarState.FOLLOW_UP else None,
        created_at=starts_at - timedelta(days=90),
        **_texts(about, "title", "aims", "audience", "promotion"),
    )
    webinar.regions.set(Region.objects.filter(group__key__in=about["groups"]))
    Meeting.objects.create(webinar=webinar, address=f"https://meet.wipo.example/{about['key']}")
    _load_experts(about, webinar)
    registrations = _load_registrations(about, webinar)
    if state != WebinarState.ANNOUNCED:
        _load_attendance(webinar, registrations[: about["attended"]], about["opinions"])
        PromotionTask.objects.create(
            webinar=webinar,
            audience="Readers of the programme’s page",
            channel=Channel.WEB,
            promoter=Promoter.SECRETARIAT,
            done_on=starts_at.date() - timedelta(days=10),
            reach=25 * about["registered"],
        )
        _load_materials(about, webinar, owner)
    else:
        for registration in registrations:
            reminders.schedule(registration)
    return webinar


def _texts(about: dict[str, Any], *names: str) -> dict[str, str]:
    return {column: text for name in names for column, text in translated(name, about.get(name, {})).items()}


def _load_experts(about: dict[str, Any], webinar: Webinar) -> None:
    expert = about["expert"]
    consented = webinar.has_ended
    Engagement.objects.create(
        webinar=webinar,
        full_name=expert["name"],
        organization=expert["organization"],
        email=f"{about['key']}@experts.example",
        language=webinar.languages[0],
        region=Region.objects.get(group__key=expert["region"]),
        gender=expert["gender"],
        consents_to_recording=consented or None,
        consented_at=webinar.starts_at - timedelta(days=3) if consented and webinar.starts_at else None,
        interests="none",
    )
    Engagement.objects.create(
        webinar=webinar,
        full_name="Officer of the Secretariat",
        organization="WIPO",
        language="en",
        is_internal=True,
        position=1,
        consents_to_recording=consented or None,
        interests="none",
    )


def _load_registrations(about: dict[str, Any], webinar: Webinar) -> list[Registration]:
    """Save who is registered: the first two come again each time, the others once."""
    assert webinar.starts_at is not None
    states = {state.code: state for state in MemberState.objects.filter(code__in=COUNTRIES)}
    kinds, genders = turns(InstitutionKind), turns([*Gender, ""])
    registered_at = min(webinar.starts_at - timedelta(days=12), timezone.now() - timedelta(days=1))
    rows = []
    for number in range(about["registered"]):
        code = COUNTRIES[number % len(COUNTRIES)]
        hears = number % 3 != 2
        kept = settings.WEBINAR_REGISTRATIONS_KEPT_FOR_LATER if hears else settings.WEBINAR_REGISTRATIONS_KEPT
        rows.append(
            Registration(
                webinar=webinar,
                full_name=f"Participant {number + 1} ({code})",
                email=f"{'again' if number < 2 else about['key']}.{number + 1}@participants.example",
                country=states[code],
                institution="National office",
                institution_kind=next(kinds),
                languages=webinar.languages,
                language=webinar.languages[0],
                gender=next(genders),
                hears_of_later=hears,
                accepts_recording=True,
                state=RegistrationState.CONFIRMED,
                registered_at=registered_at + timedelta(minutes=7 * number),
                confirmed_at=registered_at + timedelta(minutes=7 * number + 3),
                told_sequence=webinar.sequence,
                keep_until=webinar.starts_at.date() + kept,
            )
        )
    return Registration.objects.bulk_create(rows)


def _load_attendance(webinar: Webinar, came: list[Registration], opinions: list[int]) -> None:
    assert webinar.starts_at is not None
    assert webinar.ends_at is not None
    AttendanceInterval.objects.bulk_create(
        AttendanceInterval(
            registration=registration,
            joined_at=webinar.starts_at + timedelta(minutes=number % 6),
            left_at=webinar.ends_at - timedelta(minutes=5 * (number % 4)),
            source=AttendanceSource.PROVIDER,
            external_id=f"stay-{number}",
        )
        for number, registration in enumerate(came)
    )
    given_on = webinar.ends_at.date() + timedelta(days=2)
    for opinion in opinions:
        Feedback.objects.create(
            webinar=webinar,
            language=webinar.languages[0],
            relevance=opinion,
            lectures=min(5, opinion + 1),
            speakers=opinion,
            given_on=given_on,
        )
    FeedbackReceipt.objects.bulk_create(
        FeedbackReceipt(registration=registration) for registration in came[: len(opinions)]
    )


def _load_materials(about: dict[str, Any], webinar: Webinar, secretariat: User) -> None:
    assert webinar.ends_at is not None
    language = webinar.languages[0]
    common = {
        "webinar": webinar,
        "state": MaterialState.PUBLISHED,
        "rights_checked": True,
        "accessibility_checked": True,
        "added_by": secretariat,
        "added_at": webinar.ends_at + timedelta(days=1),
        "published_at": webinar.ends_at + timedelta(days=3),
    }
    for kind in (MaterialKind.SLIDES, MaterialKind.RECORDING, MaterialKind.AUDIO):
        address = f"https://media.wipo.example/{about['key']}/{kind}"
        Material.objects.create(kind=kind, language=language, address=address, **common)
    for code, text in about["summary"].items():
        source = Translation.ORIGINAL if code == language else Translation.PERSON
        Material.objects.create(
            kind=MaterialKind.SUMMARY, language=code, source=source, text=text, html=render(text), **common
        )


def _load_promotion(webinar: Webinar, people: dict[str, User]) -> None:
    day = timezone.localdate()
    rows = (
        ("Earlier participants of the series", Channel.MAIL, Promoter.SECRETARIAT, None, -2, 240),
        ("Readers of the programme’s page", Channel.WEB, Promoter.SECRETARIAT, None, -5, 610),
        ("Provincial offices and universities", Channel.MAIL, Promoter.STATE, people["KE"].member_state, 3, None),
        ("Chambers of commerce", Channel.SOCIAL, Promoter.STATE, people["SN"].member_state, 4, None),
    )
    for audience, channel, promoter, state, days, reach in rows:
        PromotionTask.objects.create(
            webinar=webinar,
            audience=audience,
            channel=channel,
            promoter=promoter,
            member_state=state,
            due_on=day + timedelta(days=days),
            done_on=day + timedelta(days=days) if reach else None,
            reach=reach,
        )


# --- Questions --------------------------------------------------------------------------------------


def _load_answered(about: dict[str, Any], webinar: Webinar, secretariat: User) -> None:
    """Save a question that was answered in writing, in each language in which there is an answer."""
    assert webinar.ends_at is not None
    answered_at = webinar.ends_at + timedelta(days=12)
    question = Question.objects.create(
        webinar=webinar,
        registration=webinar.registrations.all()[2],
        language=about["language"],
        text=about["text"],
        asked_at=webinar.ends_at - timedelta(minutes=20),
        state=QuestionState.PUBLISHED,
        owner=secretariat,
        due_on=webinar.ends_at.date() + timedelta(days=14),
    )
    for language, text in about["answers"].items():
        Answer.objects.create(
            question=question,
            language=language,
            text=text,
            html=render(text),
            source=Translation.ORIGINAL if language == about["language"] else Translation.PERSON,
            written_by=secretariat,
            written_at=answered_at,
            cleared_by=secretariat,
            cleared_at=answered_at,
            published_at=answered_at,
        )


def _load_left_open(entries: list[dict[str, Any]], webinar: Webinar, people: dict[str, User]) -> None:
    """Save the questions that wait for a written answer, each with its owner and its due date."""
    assert webinar.ends_at is not None
    secretariat, expert = people["secretariat@forum.example"], people["expert@forum.example"]
    registrations = list(webinar.registrations.all())
    for number, entry in enumerate(entries):
        question = Question.objects.create(
            webinar=webinar,
            registration=registrations[number],
            language=entry["language"],
            text=entry["text"],
            asked_at=webinar.ends_at - timedelta(minutes=30 - number),
            state=QuestionState(entry["state"]),
            owner=expert,
            due_on=timezone.localdate() + timedelta(days=7 + number),
        )
        QuestionVote.objects.bulk_create(
            QuestionVote(question=question, registration=registration)
            for registration in registrations[number + 1 : number + 1 + entry["votes"]]
        )
        if "answer" in entry:
            is_cleared = entry["state"] == QuestionState.CLEARED
            Answer.objects.create(
                question=question,
                language=entry["language"],
                text=entry["answer"],
                html=render(entry["answer"]),
                written_by=expert,
                cleared_by=secretariat if is_cleared else None,
                cleared_at=timezone.now() if is_cleared else None,
            )
