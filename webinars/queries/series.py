"""Series: what builds on what, and the way through one."""

from collections import defaultdict
from collections.abc import Collection

from webinars.models import Webinar


def follows_itself(webinar: Webinar, builds_on: Collection[Webinar]) -> bool:
    """Tell whether a webinar would build on itself, directly or through others. Source: WEB-03, CDIP/30/8 para 14."""
    if webinar.pk is None:
        return False
    earlier = defaultdict(set)
    for later_id, earlier_id in Webinar.builds_on.through.objects.values_list("from_webinar", "to_webinar"):
        earlier[later_id].add(earlier_id)
    seen: set[int] = set()
    waiting = [other.pk for other in builds_on]
    while waiting:
        here = waiting.pop()
        if here == webinar.pk:
            return True
        if here not in seen:
            seen.add(here)
            waiting.extend(earlier[here])
    return False
