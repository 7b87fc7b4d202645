"""What holds of a year's programme whatever is done, in whatever order; the numbers are those of docs/webinars.md.

Each test does random things through the services, or through the pages, and then looks at the rows, the pages and the
mail, never at what the code itself says of them.
"""

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.models import Notice
from accounts.services import outbox
from tests.factories.webinars import CycleFactory
from tests.webinars.addresses import all_addresses
from tests.webinars.cycle_world import secretariat
from tests.webinars.year_walk import (
    WHY,
    YEAR,
    a_bench,
    attempt,
    decide,
    keep_option,
    merge,
    narrow,
    override,
    publish,
    undo,
    until_decided,
    until_published,
    walk,
    withdraw_some,
)
from webinars.enums import CycleState, ProposalState, WebinarState
from webinars.models import Cluster, Cycle, Proposal, Region, Webinar
from webinars.services.proposals import texts_of
from webinars.services.selection import override_cap
from webinars.services.webinars import change_webinar, create_webinar, put_off

PROGRAMME = reverse("webinars:programme")


def reading(user=None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="accounts.backends.MemberBackend")
    return client


def counted(year: int = YEAR) -> int:
    """Return how many webinars of a year count by its rule, from the rows."""
    rows = Webinar.objects.filter(cycle__year=year).exclude(state=WebinarState.CANCELLED)
    if Cycle.objects.get(year=year).counts_repeats:
        return len(rows)
    return len({row.repeats_id or row.pk for row in rows})


def check_most(year: int = YEAR) -> None:
    """Fail where a year has more webinars than the usual number without an exception that says why, who and when."""
    cycle = Cycle.objects.get(year=year)
    page = reading().get(PROGRAMME).text
    said = f"there may be {cycle.overridden_cap} webinars instead of {cycle.cap}"
    if cycle.overridden_cap is None:
        assert counted(year) <= cycle.cap
        assert "there may be" not in page
    else:
        assert counted(year) <= cycle.overridden_cap
        assert cycle.cap_reason
        assert cycle.cap_overridden_by
        assert cycle.cap_overridden_at
        assert said in page
        assert escape(cycle.cap_reason) in page


# --- 1 and 2: the most webinars of a year, and what counts --------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_1_a_programme_is_not_published_with_more_than_the_year_may_have(db, seed):
    bench = a_bench(seed)
    walk(bench, [keep_option], steps=8)

    until_published(bench, [keep_option, decide, override, override])

    check_most()


@pytest.mark.parametrize("seed", range(5))
def test_1_and_2_a_year_that_runs_never_has_more_than_it_may_have_by_its_rule_on_repeats(db, seed):
    """And nothing is refused for the number that would have fitted: each delivery is one, a repeat as the year says."""
    bench = a_bench(seed)
    chance, staff = bench.chance, bench.staff
    Cycle.objects.update(state=CycleState.RUNNING)
    for _step in range(25):
        cycle = bench.cycle
        rows = list(Webinar.objects.filter(cycle=cycle).exclude(state=WebinarState.CANCELLED))
        firsts = [row for row in rows if row.repeats_id is None]
        before, most = counted(), cycle.overridden_cap or cycle.cap
        act = chance.choice(["add", "add", "add", "repeat", "repeat", "cancel", "stands alone", "most"])
        if act == "add" or (act == "repeat" and firsts):
            repeats = chance.choice(firsts) if act == "repeat" else None
            fits = before + (repeats is None or cycle.counts_repeats) <= most
            values = {"title_en": "Another", "languages": ["en"], "cycle": cycle, "repeats": repeats}
            try:
                create_webinar(actor=staff, values=values, regions=bench.regions, builds_on=[])
            except ValidationError as refusal:
                assert (refusal.code, fits) == ("full", False)
            else:
                assert fits
        elif act == "cancel" and rows:
            put_off(actor=staff, webinar=chance.choice(rows).pk, to=WebinarState.CANCELLED, reason="No speaker.")
        elif act == "stands alone" and rows:
            row = chance.choice(rows)
            try:
                change_webinar(
                    actor=staff,
                    webinar=row.pk,
                    values={"repeats": None},
                    regions=bench.regions,
                    builds_on=[],
                    seen=row.changed_at,
                )
            except ValidationError as refusal:
                assert refusal.code == "full"
        elif act == "most":
            wanted, why = chance.choice([None, 1, 2, 3, 4, 5]), bench.why()
            try:
                override_cap(actor=staff, year=YEAR, most=wanted, reason=why)
            except ValidationError:
                is_sound = (wanted or cycle.cap) >= before and (wanted is None or (wanted > cycle.cap and why != ""))
                assert not is_sound
        check_most()


def test_1_nobody_adds_a_webinar_to_a_year_beside_its_choice(db):
    bench = a_bench(0)

    for state in (CycleState.PREPARING, CycleState.OPEN, CycleState.ANALYSIS, CycleState.DECIDED):
        Cycle.objects.update(state=state)
        values = {"title_en": "Another", "languages": ["en"], "cycle": bench.cycle}
        with pytest.raises(ValidationError):
            create_webinar(actor=bench.staff, values=values, regions=bench.regions, builds_on=[])

    assert not Webinar.objects.exists()


# --- 3 and 4: whom webinars are for -------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_3_and_4_each_region_has_a_webinar_or_the_public_reads_why_not(db, seed):
    """Each webinar of the programme has a language and a region, also."""
    bench = a_bench(seed)
    Cycle.objects.update(cap=6)

    until_published(bench, [keep_option, decide], then=[narrow])

    webinars = list(Webinar.objects.prefetch_related("regions"))
    assert all(webinar.languages and webinar.regions.all() for webinar in webinars)
    served = {region for webinar in webinars for region in webinar.regions.all()}
    empty = [region for region in bench.regions if region not in served]
    page = reading().get(PROGRAMME).text
    told = re.search(r"there is no webinar for: (.+?)\.</p>", page)
    assert {str(region) for region in empty} == (set(told[1].split(", ")) if told else set())
    if empty:
        assert WHY in bench.cycle.uncovered_reason
        assert bench.cycle.uncovered_reason in page


@pytest.mark.parametrize("seed", range(4))
def test_4_whatever_is_ticked_a_webinar_keeps_a_language_and_a_region(db, seed):
    chance = a_bench(seed).chance
    staff = secretariat()
    regions, client = list(Region.objects.all()), reading(staff)
    made = refused = 0
    for _turn in range(8):
        webinar = chance.choice([None, *Webinar.objects.all()])
        name, args = ("webinar_edit", [webinar.pk]) if webinar else ("webinar_create", [])
        languages = chance.sample(["en", "fr", "zh-hans"], chance.randint(0, 2))
        ticked = chance.sample(regions, chance.randint(0, 2))
        typed = {
            "title_en": "Small registers",
            "zone": "Europe/Zurich",
            "format": "live",
            "languages": languages,
            "regions": [region.pk for region in ticked],
            "seen": webinar.changed_at.isoformat() if webinar else "",
        }
        status = client.post(reverse(f"webinars:{name}", args=args), typed).status_code
        assert (status == 302) == bool(languages and ticked)
        made, refused = made + (status == 302), refused + (status != 302)
        try:
            create_webinar(
                actor=staff, values={"title_en": "Another", "languages": ["en"]}, regions=ticked, builds_on=[]
            )
        except ValidationError:
            assert not ticked
        for kept in Webinar.objects.all():
            assert kept.languages
            assert kept.regions.exists()
    assert made
    assert refused


# --- 8: what is taken together ------------------------------------------------------------------------


def words_of(proposals) -> dict[int, tuple]:
    """Return what each proposal says and whose it is, with what was said of it."""
    rows = Proposal.objects.filter(pk__in=[proposal.pk for proposal in proposals])
    return {
        row.pk: (texts_of(row), row.proposed_by_id, row.group_id, row.number, *row.interests.order_by("pk"))
        for row in rows
    }


@pytest.mark.parametrize("seed", range(4))
def test_8_taking_together_loses_nothing_and_is_undone_until_publication(db, seed):
    bench = a_bench(seed)
    before = words_of(bench.proposals)
    for _turn in range(12):
        attempt(bench, bench.chance.choice([merge, merge, undo, decide]))
        assert words_of(bench.proposals) == before
        for cluster in Cluster.objects.all():
            assert cluster.members.filter(pk=cluster.lead_id).exists()
            assert cluster.members.count() > 1
            assert cluster.reason.strip()

    while Cluster.objects.exists():
        assert attempt(bench, undo), "before publication it is never refused"

    assert words_of(bench.proposals) == before
    assert not Proposal.objects.exclude(cluster=None).exists()
    until_published(bench)
    assert words_of(bench.proposals) == before
    if Cluster.objects.exists():
        assert not attempt(bench, undo), "what is published stays"


@pytest.mark.parametrize("seed", range(4))
def test_8_what_is_merged_says_with_what_and_authors_and_interested_groups_are_told(db, seed, mailoutbox):
    bench = a_bench(seed)
    bench.chance.shuffle(bench.proposals)
    while not attempt(bench, merge):
        pass
    until_published(bench)
    while outbox.deliver_due():
        pass

    anyone = reading()
    for proposal in Proposal.objects.all():
        concerned = {proposal.proposed_by.email}
        groups = {proposal.group_id, *proposal.interests.filter(level__gt=0).values_list("group", flat=True)}
        concerned |= {user.email for user in bench.coordinators if user.member_state.group_id in groups}
        letters = [letter for letter in mailoutbox if letter.subject.startswith(f"{proposal.reference}:")]
        assert sorted(letter.to[0] for letter in letters) == sorted(concerned)
        if proposal.state != ProposalState.MERGED:
            continue
        lead = proposal.cluster.lead
        assert (proposal.state_reason, lead.state) == (proposal.cluster.reason, ProposalState.SELECTED)
        assert all(f"{lead.reference}, {lead.title_en}" in letter.body for letter in letters)
        assert lead.title_en in anyone.get(proposal.get_absolute_url()).text


@pytest.mark.parametrize("seed", range(4))
def test_8_what_was_taken_apart_again_is_not_published_as_merged(db, seed):
    """Also where it was decided in between."""
    bench = a_bench(seed)
    for _turn in range(12):
        attempt(bench, bench.chance.choice([merge, undo, decide]))
    until_published(bench)

    for proposal in Proposal.objects.all():
        joined = proposal.cluster is not None and proposal.cluster.lead_id != proposal.pk
        assert (proposal.state == ProposalState.MERGED) <= joined
        if proposal.state == ProposalState.SELECTED:
            assert not joined
            members = proposal.cluster.members.all() if proposal.cluster else [proposal]
            assert Webinar.objects.filter(proposal__in=members).exists()


# --- 11: every proposal has an outcome ----------------------------------------------------------------

OUTCOMES = {
    ProposalState.SELECTED,
    ProposalState.MERGED,
    ProposalState.CARRIED_OVER,
    ProposalState.DECLINED,
    ProposalState.WITHDRAWN,
}


@pytest.mark.parametrize("seed", range(4))
def test_11_every_proposal_that_was_handed_in_ends_with_an_outcome_and_a_reason_its_author_reads(db, seed):
    bench = a_bench(seed)
    withdraw_some(bench)

    until_published(bench)
    CycleFactory(year=YEAR + 1, state=CycleState.PUBLISHED)

    programme = reading().get(PROGRAMME).text
    for proposal in Proposal.objects.exclude(submitted_at=None):
        assert proposal.state in OUTCOMES
        page = reading(proposal.proposed_by).get(proposal.get_absolute_url()).text
        assert f">{proposal.get_state_display()}</span>" in page
        assert re.search(r'<p dir="auto">Reason: \S', page)
        if proposal.state == ProposalState.CARRIED_OVER:
            assert proposal.reference in programme, "also once another year is published"


# --- 12: nothing is known of a decision before it is published ------------------------------------------


@pytest.mark.parametrize("seed", range(2))
def test_12_no_decision_is_seen_or_told_before_it_is_published(db, seed, mailoutbox):
    bench = a_bench(seed)
    walk(bench)
    until_decided(bench)
    two = bench.chance.sample(bench.pks(), 2)
    pages = all_addresses({"year": [YEAR], "proposal": two, "pk": two, "group": [bench.groups[0].pk]})
    readers = [
        None,
        bench.coordinators[0],
        *(one.proposed_by for one in bench.proposals if not one.proposed_by.is_staff),
    ]

    for reader in readers[:3]:
        client = reading(reader)
        seen = 0
        for address in pages:
            response = client.get(address)
            seen += response.status_code == 200
            assert WHY not in response.text, address
            for outcome in ("Selected", "In the pipeline for later years", "Declined"):
                assert f">{outcome}<" not in response.text, address
        assert seen > 3, "the reader does read something"
    outbox.deliver_due()
    assert not mailoutbox
    assert not Notice.objects.exists()

    assert attempt(bench, publish)
    outbox.deliver_due()
    assert mailoutbox
