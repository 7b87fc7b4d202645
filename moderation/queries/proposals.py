"""What the pages of proposed topics show."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db.models import (
    BooleanField,
    F,
    FloatField,
    Func,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Concat

from accounts.languages import spoken
from accounts.models import User
from accounts.verdicts import Verdict
from forum.enums import SearchSource
from forum.queries.search import Result, Wanted, search_page
from forum.queries.search_text import Question, Term, spans
from moderation.enums import ProposalState
from moderation.models import TopicProposal
from moderation.policies import proposals as policies

SHOWN = 100
DECIDED_SHOWN = 30
WORDS_MOST = 12  # of what is typed, that is looked for
SHORTEST_WORD = 4  # letters; shorter ones are in every text
LAST_LATIN = "\u024f"


@dataclass(frozen=True)
class ProposalList:
    """The proposals as participants see them.

    Args:
        open: Those that can still become a topic, the most supported first.
        mine: The viewer's own, the latest first, whatever became of them.
        became: Those that a topic was made of, the latest first.
    """

    open: Sequence[TopicProposal]
    mine: Sequence[TopicProposal]
    became: Sequence[TopicProposal]


def proposal_list(viewer: User) -> ProposalList:
    """Gather the proposals that ``viewer`` may see. Source: FOR-03, workflow 2.2."""
    proposals = TopicProposal.objects.visible_to(viewer).with_support(viewer)
    return ProposalList(
        open=list(proposals.filter(state__in=policies.OPEN).order_by(F("supporters").desc(), "-created_at")[:SHOWN]),
        mine=list(proposals.filter(proposed_by=viewer).order_by("-created_at")[:SHOWN]),
        became=list(
            proposals.filter(state=ProposalState.SCHEDULED, topic__number__isnull=False).order_by("-topic__opens_at")[
                :DECIDED_SHOWN
            ]
        ),
    )


@dataclass(frozen=True)
class ProposalQueue:
    """The proposals as moderators see them.

    Args:
        waiting: Those that nobody has decided, the most supported first, then the oldest.
        accepted: Those that wait for a week.
        decided: All others, the latest decision first.
    """

    waiting: Sequence[TopicProposal]
    accepted: Sequence[TopicProposal]
    decided: Sequence[TopicProposal]


def proposal_queue(viewer: User) -> ProposalQueue:
    """Gather what moderators decide on. Source: FOR-03, workflow 2.2."""
    proposals = TopicProposal.objects.visible_to(viewer).with_support(viewer)
    by_support = proposals.order_by(F("supporters").desc(), "created_at")
    decided = proposals.exclude(state__in=policies.OPEN)
    return ProposalQueue(
        waiting=list(by_support.undecided()[:SHOWN]),  # type: ignore[attr-defined]
        accepted=list(by_support.filter(state=ProposalState.ACCEPTED)[:SHOWN]),
        decided=list(decided.order_by(F("decided_at").desc(nulls_last=True), "-pk")[:DECIDED_SHOWN]),
    )


@dataclass(frozen=True)
class ProposalPage:
    """One proposal, with what the viewer may do about it.

    Args:
        proposal: With its support.
        merged: Those that were merged into it and that the viewer may see.
        may_support: Whether the viewer may support it.
        may_withdraw: Whether the viewer may withdraw it.
        may_renew: Whether the viewer may make it again.
        may_decide: Whether the viewer decides on it.
    """

    proposal: TopicProposal
    merged: Sequence[TopicProposal]
    may_support: Verdict
    may_withdraw: Verdict
    may_renew: Verdict
    may_decide: Verdict


def proposal_page(viewer: User, pk: int) -> ProposalPage:
    """Gather the page of one proposal.

    Raises:
        TopicProposal.DoesNotExist: There is none, or it is hidden from ``viewer``.
    """
    visible = TopicProposal.objects.visible_to(viewer)
    proposal = visible.with_support(viewer).get(pk=pk)
    return ProposalPage(
        proposal=proposal,
        merged=list(visible.filter(merged_into=proposal).select_related("member_state")),
        may_support=policies.may_support(viewer, proposal),
        may_withdraw=policies.may_withdraw(viewer, proposal),
        may_renew=policies.may_renew(viewer, proposal),
        may_decide=policies.may_decide_proposals(viewer),
    )


def others_open(viewer: User, proposal: TopicProposal) -> QuerySet[TopicProposal]:
    """Return the proposals that another one can be merged into."""
    return TopicProposal.objects.visible_to(viewer).filter(state__in=policies.OPEN).exclude(pk=proposal.pk)


# --- What is similar ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Similar:
    """What resembles a proposal that is being written."""

    topics: Sequence[Result] = field(default_factory=list)
    proposals: Sequence[TopicProposal] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.topics or self.proposals)


def similar_to(viewer: User, text: str, language: str) -> Similar:
    """Find earlier topics, and proposals, that share words with a text, those that share most first.

    Args:
        viewer: Who writes; nothing is found that is hidden from them.
        text: What is typed so far.
        language: What it is written in.

    Source: FOR-03, workflow 2.2.
    """
    words = list(dict.fromkeys(text[s.start : s.end].lower() for s in spans(text) if _counts(text[s.start : s.end])))
    words = sorted(words, key=len, reverse=True)[:WORDS_MOST]
    if not words:
        return Similar()
    question = Question([[Term(word, is_excluded=False)] for word in words])
    wanted = Wanted(
        question, languages=[spoken(code) for code in settings.MODELTRANSLATION_LANGUAGES], source=SearchSource.TOPIC
    )
    topics = {result.symbol: result for result in reversed(search_page(viewer, wanted).results)}
    vector = Func(
        F("language"),
        F("title"),
        Concat("why", Value(" "), "expected_result", output_field=TextField()),
        function="forum_search_vector",
        output_field=SearchVectorField(),
    )
    query = Func(
        *(
            Func(F("language"), Value(word), function="forum_search_query", output_field=SearchQueryField())
            for word in words
        ),
        template="(%(expressions)s)",
        arg_joiner=" || ",
        output_field=SearchQueryField(),
    )
    proposals = TopicProposal.objects.visible_to(viewer).exclude(state=ProposalState.WITHDRAWN)
    matching = proposals.annotate(
        answers=Func(vector, query, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField()),
        rank=Func(vector, query, function="ts_rank", output_field=FloatField()),
    ).filter(answers=True)
    return Similar(
        topics=list(reversed(topics.values()))[: settings.SIMILAR_SHOWN],
        proposals=list(matching.select_related("member_state").order_by("-rank", "-pk")[: settings.SIMILAR_SHOWN]),
    )


def _counts(word: str) -> bool:
    """Tell whether a word says what a text is about; one of another script than Latin can be short."""
    return len(word) >= SHORTEST_WORD or word[0] > LAST_LATIN
